// One epoll for the connections of all groups: reading and writing when sockets are ready.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "connection.h"
#include "stats.h"

#define READ_SIZE (256 * 1024)
#define MAX_EVENTS 1024

// Each source address has ports of its own, so that tens of thousands of connections that have just ended are in nobody's way.
#define SOURCE_ADDRESSES 32

int64_t read_at;

static int epoll_fd;
static int input_fd = -1;
// What is left of the read before goes in front of what is read.
static char buffer[MAX_WHOLE_FRAME + MAX_CLIENT_HEADER + READ_SIZE];

void events_open(void) { epoll_fd = epoll_create1(EPOLL_CLOEXEC); }

void events_add_input(int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  input_fd = fd;
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

void want_writing(struct connection *connection, bool wanted) {
  if (connection->waits_for_writing == wanted) return;
  struct epoll_event event = {.events = EPOLLIN | (wanted ? EPOLLOUT : 0), .data.ptr = connection};
  connection->waits_for_writing = wanted;
  epoll_ctl(epoll_fd, EPOLL_CTL_MOD, connection->fd, &event);
}

static struct sockaddr_in loopback(uint8_t last, uint16_t port) {
  return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + last)};
}

void connection_start(struct connection *connection) {
  static unsigned sources;
  struct sockaddr_in source = loopback((uint8_t)(2 + sources++ % SOURCE_ADDRESSES), 0);
  struct sockaddr_in target = loopback(1, connection->group->port);
  const int yes = 1;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    fail(connection->group, "There are no more sockets: %s. Raise the limit of open files.", strerror(errno));
    return;
  }
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
  bind(fd, (struct sockaddr *)&source, sizeof source);
  connection->fd = fd;
  connection->state = CONNECTING;
  connection->started_at = now_ns();
  if (connect(fd, (struct sockaddr *)&target, sizeof target) != 0 && errno != EINPROGRESS) {
    connection_lost(connection, strerror(errno));
    return;
  }
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = connection};
  connection->waits_for_writing = true;
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

void flush(struct connection *connection) {
  struct bytes *out = &connection->out;
  while (out->offset < out->length) {
    ssize_t written = write(connection->fd, out->at + out->offset, out->length - out->offset);
    if (written < 0) {
      // Whoever closed the connection is found out by reading.
      want_writing(connection, errno == EAGAIN);
      return;
    }
    out->offset += (size_t)written;
  }
  out->offset = out->length = 0;
  want_writing(connection, false);
}

static void keep(struct connection *connection, const char *at, size_t length) {
  if (length > 0) {
    if (connection->carry == NULL) connection->carry = malloc(MAX_WHOLE_FRAME + MAX_CLIENT_HEADER);
    memcpy(connection->carry, at, length);
  }
  connection->carry_length = length;
}

static void on_readable(struct connection *connection) {
  size_t carried = connection->carry_length;
  if (carried > 0) memcpy(buffer, connection->carry, carried);
  ssize_t count = read(connection->fd, buffer + carried, READ_SIZE);
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0) {
    connection_lost(connection, count < 0 ? strerror(errno) : NULL);
    return;
  }
  read_at = now_ns();
  connection->group->bytes += (uint64_t)count;
  size_t length = carried + (size_t)count;
  size_t used = connection_received(connection, buffer, length);
  if (connection->state == CLOSED) return;
  if (length - used > MAX_WHOLE_FRAME) {
    fail(connection->group, "The server sent a header of more than %d bytes.", MAX_WHOLE_FRAME);
    return;
  }
  keep(connection, buffer + used, length - used);
}

static void on_event(struct connection *connection, uint32_t events) {
  // Its descriptor may be closed, or another connection's, since the event was fetched.
  if (connection->state == CLOSED || connection->state == IDLE) return;
  if (connection->state == CONNECTING) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) connection_lost(connection, strerror(error));
    else if ((events & EPOLLOUT) != 0) connection_connected(connection);
    return;
  }
  if ((events & EPOLLOUT) != 0) connection_writable(connection);
  if ((events & ~(uint32_t)EPOLLOUT) != 0) on_readable(connection);
}

bool events_wait(int64_t timeout_ns) {
  struct epoll_event events[MAX_EVENTS];
  struct timespec timeout = {timeout_ns / NS_PER_S, timeout_ns % NS_PER_S};
  bool has_input = false;
  int count;
  do {
    count = epoll_pwait2(epoll_fd, events, MAX_EVENTS, timeout_ns < 0 ? NULL : &timeout, NULL);
    for (int index = 0; index < count; index++) {
      if (events[index].data.ptr == NULL) has_input = true;
      else on_event(events[index].data.ptr, events[index].events);
    }
    timeout_ns = 0;
    timeout = (struct timespec){0, 0};
  } while (count == MAX_EVENTS);
  return has_input;
}
