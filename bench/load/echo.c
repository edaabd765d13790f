// Echo: each connection has so many messages under way, and compares what comes back with what it sent.
#include "echo.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Up to this size every byte is compared, of longer messages the first and the last 16.
#define COMPARED_WHOLE 1024
#define COMPARED_ENDS 16

#define MAX_BLOCK (256 * 1024)

void echo_free(struct connection *connection) {
  if (connection->echo == NULL) return;
  free(connection->echo->payload);
  free(connection->echo->frames);
  free(connection->echo);
  connection->echo = NULL;
}

void echo_prepare(struct connection *connection, size_t length, unsigned depth) {
  struct echo *echo = calloc(1, sizeof *echo);
  uint32_t key = (uint32_t)next_random();
  echo->length = length;
  echo->payload = malloc(length + 1);
  for (size_t index = 0; index < length; index++) echo->payload[index] = (char)('!' + next_random() % 94);
  echo->frame_length = client_header_length(length) + length;
  size_t copies = MAX_BLOCK / echo->frame_length;
  if (copies < 1) copies = 1;
  if (copies > depth) copies = depth;
  echo->block_length = copies * echo->frame_length;
  echo->frames = malloc(echo->block_length);
  size_t header = put_client_header(echo->frames, BINARY, length, key);
  memcpy(echo->frames + header, echo->payload, length);
  mask(echo->frames + header, length, key);
  for (size_t copy = 1; copy < copies; copy++) {
    memcpy(echo->frames + copy * echo->frame_length, echo->frames, echo->frame_length);
  }
  connection->echo = echo;
}

void echo_send(struct connection *connection, unsigned count) {
  connection->echo->pending += count * connection->echo->frame_length;
}

void echo_write(struct connection *connection) {
  struct echo *echo = connection->echo;
  if (connection->out.length > 0) return;
  while (echo->pending > 0) {
    size_t length = echo->block_length - echo->position;
    if (length > echo->pending) length = (size_t)echo->pending;
    ssize_t written = write(connection->fd, echo->frames + echo->position, length);
    if (written < 0) {
      want_writing(connection, errno == EAGAIN);
      return;
    }
    echo->pending -= (uint64_t)written;
    echo->position = (echo->position + (size_t)written) % echo->block_length;
  }
  want_writing(connection, false);
}

static bool is_same(const struct echo *echo, const struct message *message) {
  if (message->opcode != BINARY || message->is_compressed || message->length != echo->length) return false;
  if (message->available < message->length) {
    size_t head = message->available < COMPARED_ENDS ? message->available : COMPARED_ENDS;
    return memcmp(message->at, echo->payload, head) == 0 &&
           memcmp(message->tail, echo->payload + echo->length - COMPARED_ENDS, COMPARED_ENDS) == 0;
  }
  if (message->length <= COMPARED_WHOLE) return memcmp(message->at, echo->payload, message->length) == 0;
  size_t last = message->length - COMPARED_ENDS;
  return memcmp(message->at, echo->payload, COMPARED_ENDS) == 0 &&
         memcmp(message->at + last, echo->payload + last, COMPARED_ENDS) == 0;
}

void echo_receive(struct connection *connection, const struct message *message) {
  struct group *group = connection->group;
  if (!is_same(connection->echo, message)) {
    fail(group, "An echo of %zu bytes differs from what was sent.", message->length);
    return;
  }
  group->deliveries++;
  if (group->listener != NULL && group->listener->delivery != NULL) group->listener->delivery(connection, message);
}
