// Echo: each connection has so many messages under way, and compares what comes back with what it sent.
#ifndef ECHO_H
#define ECHO_H
#include "group.h"

// One frame, repeated so often that many leave in one write. They have one mask key for each connection: what the server does with
// them is the same, and here no byte is touched.
struct echo {
  char *payload, *frames;
  size_t length, frame_length, block_length;
  size_t position;   // within the block, of the next byte to write
  uint64_t pending;  // bytes to write
};

void echo_prepare(struct connection *connection, size_t length, unsigned depth);
// Sends so many messages more.
void echo_send(struct connection *connection, unsigned count);
// Writes what waits.
void echo_write(struct connection *connection);
void echo_receive(struct connection *connection, const struct message *message);
void echo_free(struct connection *connection);

#endif
