// What happens to a connection, between its socket (events.c) and its group.
#ifndef CONNECTION_H
#define CONNECTION_H
#include "group.h"

void connection_connected(struct connection *connection);
void connection_writable(struct connection *connection);
// Handles bytes, and returns how many of them are used up.
size_t connection_received(struct connection *connection, const char *at, size_t length);
// The server has ended the connection (NULL), or it broke.
void connection_lost(struct connection *connection, const char *reason);

#endif
