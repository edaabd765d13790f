// The life of a connection: upgrade, hello, messages, end.
#include "connection.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "echo.h"
#include "stats.h"

void connection_prepare(struct connection *connection, struct group *group, enum role role, uint32_t index,
                        uint32_t room) {
  connection->group = group;
  connection->fd = -1;
  connection->role = role;
  connection->index = index;
  connection->room = room;
  connection->state = IDLE;
  connection->step = 0;
  connection->carry_length = 0;
  connection->out.offset = connection->out.length = 0;
  memset(&connection->partial, 0, sizeof connection->partial);
}

static void close_socket(struct connection *connection) {
  if (connection->fd >= 0) close(connection->fd);
  connection->fd = -1;
  connection->state = CLOSED;
}

void connection_reset(struct connection *connection) {
  const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
  if (connection->fd >= 0) setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close_socket(connection);
}

void connection_leave(struct connection *connection) {
  connection->state = LEAVING;
  shutdown(connection->fd, SHUT_WR);
}

void connection_lost(struct connection *connection, const char *reason) {
  struct group *group = connection->group;
  bool has_left = connection->state == LEAVING;
  static const char *const doings[] = {"", "connecting", "the upgrade", "its hello", "it was open", "", ""};
  const char *doing = doings[connection->state];
  close_socket(connection);
  const struct listener *listener = group->listener;
  if (listener != NULL && listener->gone != NULL && listener->gone(connection, reason)) return;
  if (has_left) return;
  fail(group, "The server ended connection %u while %s%s%s.", connection->index, doing, reason == NULL ? "" : ": ",
       reason == NULL ? "" : reason);
}

// --- writing ---

static char *reserve(struct bytes *out, size_t more) {
  if (out->length + more > out->capacity) {
    out->capacity = (out->length + more) * 2;
    out->at = realloc(out->at, out->capacity);
  }
  return out->at + out->length;
}

void queue_frame(struct connection *connection, uint8_t opcode, const char *payload, size_t length) {
  char *at = reserve(&connection->out, length + MAX_CLIENT_HEADER);
  uint32_t key = (uint32_t)next_random();
  size_t header = put_client_header(at, opcode, length, key);
  if (length > 0) memcpy(at + header, payload, length);
  mask(at + header, length, key);
  connection->out.length += header + length;
}

void queue_template(struct connection *connection, struct text template, const struct fillings *fillings) {
  const struct dialect *dialect = &connection->group->dialect;
  char *at = reserve(&connection->out, expansion_bound(template, fillings) + MAX_CLIENT_HEADER);
  // Leaves room for the longest header; the payload moves when the header turns out to be shorter.
  size_t length = expand(dialect, template, fillings, at + MAX_CLIENT_HEADER, NULL);
  size_t header = client_header_length(length);
  memmove(at + header, at + MAX_CLIENT_HEADER, length);
  uint32_t key = (uint32_t)next_random();
  put_client_header(at, dialect->opcode, length, key);
  mask(at + header, length, key);
  connection->out.length += header + length;
}

void connection_writable(struct connection *connection) {
  if (connection->out.length > 0 || connection->echo == NULL) flush(connection);
  if (connection->echo != NULL) echo_write(connection);
}

// --- upgrade and hello ---

static struct fillings fillings_of(const struct connection *connection) {
  return (struct fillings){.room = connection->room, .connection = connection->index,
                           .number = ++connection->group->number, .captured = connection->captured};
}

static const struct hello *hello_of(const struct connection *connection) {
  const struct dialect *dialect = &connection->group->dialect;
  if (connection->role == PUBLISHER) return &dialect->publisher_hello;
  return connection->is_returning ? &dialect->recovery_hello : &dialect->hello;
}

void connection_connected(struct connection *connection) {
  struct group *group = connection->group;
  struct fillings fillings = fillings_of(connection);
  struct text path = connection->role == PUBLISHER ? group->dialect.publisher_path : group->dialect.path;
  struct bytes *out = &connection->out;
  char *at = reserve(out, expansion_bound(path, &fillings) + group->dialect.headers.length + 256);
  char *start = at;
  at += sprintf(at, "GET ");
  at += expand(&group->dialect, path, &fillings, at, NULL);
  at += sprintf(at,
                " HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
                group->port, group->dialect.headers.at == NULL ? "" : group->dialect.headers.at);
  out->length += (size_t)(at - start);
  connection->state = UPGRADING;
  flush(connection);
}

// Sends what the hello says until it has to wait, or is over.
static void greet(struct connection *connection) {
  const struct hello *hello = hello_of(connection);
  for (; connection->step < hello->count; connection->step++) {
    const struct step *step = &hello->steps[connection->step];
    struct fillings fillings = fillings_of(connection);
    if (step->send.length > 0) queue_template(connection, step->send, &fillings);
    if (step->expect.length > 0) break;
  }
  flush(connection);
  if (connection->step < hello->count) return;
  const struct listener *listener = connection->group->listener;
  connection->state = OPEN;
  if (listener != NULL && listener->opened != NULL) listener->opened(connection);
}

// Returns the length of the head, or 0 if it is not whole yet.
static size_t receive_head(struct connection *connection, const char *at, size_t length) {
  static const char ACCEPTED[] = "HTTP/1.1 101 ";
  const char *end = memmem(at, length, "\r\n\r\n", 4);
  if (end == NULL) return 0;
  if (memcmp(at, ACCEPTED, sizeof ACCEPTED - 1) != 0) {
    const char *line_end = memchr(at, '\r', length);
    fail(connection->group, "The server refused the upgrade: %.*s", (int)(line_end - at), at);
    connection_reset(connection);
    return 0;
  }
  connection->state = GREETING;
  greet(connection);
  return (size_t)(end - at) + 4;
}

// --- messages ---

static bool is_text(const struct message *message, struct text text) {
  return text.at != NULL && message->length == text.length && message->available == text.length &&
         memcmp(message->at, text.at, text.length) == 0;
}

static void capture(struct connection *connection, enum capture_from from, const struct message *message) {
  const struct dialect *dialect = &connection->group->dialect;
  if (dialect->capture_count == 0 || message->is_compressed) return;
  if (connection->captured == NULL) connection->captured = calloc(1, sizeof *connection->captured);
  capture_from(dialect, from, message->at, message->available, connection->captured);
}

static void on_delivery(struct connection *connection, const struct message *message) {
  struct group *group = connection->group;
  group->deliveries++;
  if (group->is_capturing) {
    connection->received++;
    capture(connection, FROM_DELIVERY, message);
  }
  if (group->listener != NULL && group->listener->delivery != NULL) group->listener->delivery(connection, message);
}

static void on_greeting(struct connection *connection, const struct message *message) {
  const struct dialect *dialect = &connection->group->dialect;
  const struct step *step = &hello_of(connection)->steps[connection->step];
  if (message->is_compressed) {
    fail(connection->group, "The server compressed what it answered to the hello, which cannot be read here.");
  } else if (starts_with(message->at, message->available, step->expect)) {
    capture(connection, FROM_HELLO, message);
    connection->step++;
    greet(connection);
  } else if (dialect->delivery.length > 0 && starts_with(message->at, message->available, dialect->delivery)) {
    on_delivery(connection, message);
  }
}

static void on_control(struct connection *connection, const struct message *message) {
  if (message->opcode == PING) {
    // Not into the middle of an echo; the echo shows well enough that somebody is there.
    if (connection->echo != NULL && connection->echo->pending > 0) return;
    queue_frame(connection, PONG, message->at, message->length);
    flush(connection);
  } else if (message->opcode == CLOSE) {
    char reason[160] = "with a close frame without code";
    if (message->length >= 2) {
      const uint8_t *code = (const uint8_t *)message->at;
      snprintf(reason, sizeof reason, "with code %d %.*s", code[0] << 8 | code[1], (int)message->length - 2,
               message->at + 2);
    }
    connection_lost(connection, reason);
  } else {
    connection->group->pongs++;
  }
}

static bool on_message(void *context, const struct message *message) {
  struct connection *connection = context;
  const struct dialect *dialect = &connection->group->dialect;
  if (message->opcode >= CLOSE) {
    on_control(connection, message);
  } else if (connection->echo != NULL) {
    echo_receive(connection, message);
  } else if (message->is_compressed && connection->state == OPEN) {
    on_delivery(connection, message);
  } else if (is_text(message, dialect->ping)) {
    queue_frame(connection, dialect->opcode, dialect->pong.at, dialect->pong.length);
    flush(connection);
  } else if (connection->state == GREETING) {
    on_greeting(connection, message);
  } else if (dialect->ack.at != NULL && starts_with(message->at, message->available, dialect->ack)) {
    connection->group->acks++;
  } else if (starts_with(message->at, message->available, dialect->delivery)) {
    on_delivery(connection, message);
  }
  return connection->state != CLOSED && connection->state != LEAVING;
}

size_t connection_received(struct connection *connection, const char *at, size_t length) {
  size_t used = 0;
  if (connection->state == LEAVING) return length;
  if (connection->state == UPGRADING) {
    used = receive_head(connection, at, length);
    if (connection->state == UPGRADING || connection->state == CLOSED) return used;
    if (connection->state == LEAVING) return length;
  }
  const char *error;
  used += read_frames(&connection->partial, at + used, length - used, on_message, connection, &error);
  if (connection->state == LEAVING) return length;
  if (error != NULL) {
    fail(connection->group, "The server sent %s.", error);
    connection_reset(connection);
  }
  return used;
}
