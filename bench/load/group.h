// Connections to one server: connecting, upgrade, hello, reading, writing.
#ifndef GROUP_H
#define GROUP_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "dialect.h"
#include "frames.h"

enum state { IDLE, CONNECTING, UPGRADING, GREETING, OPEN, LEAVING, CLOSED };

// What a connection is there for, which says which hello it sends.
enum role { MEMBER, PUBLISHER, PASSER_BY };

struct bytes {
  char *at;
  size_t offset, length, capacity;
};

struct connection {
  struct group *group;
  int fd;
  uint32_t index, room;
  enum state state;
  enum role role;
  unsigned step;
  bool waits_for_writing;
  bool is_returning;        // says the hello of recovery
  uint32_t received;        // deliveries while the group is capturing
  int64_t started_at;
  char *carry;              // the beginning of a frame that is not whole
  size_t carry_length;
  struct bytes out;
  struct partial partial;
  struct captured *captured;
  struct echo *echo;
};

// What a window is told by the connections. Members that are NULL are not called.
struct listener {
  // A delivery at a connection that is open.
  void (*delivery)(struct connection *connection, const struct message *message);
  // A connection has said its hello.
  void (*opened)(struct connection *connection);
  // A connection has gone: it left, or failed with a reason. Returns whether that failure was to be expected.
  bool (*gone)(struct connection *connection, const char *reason);
};

struct group {
  struct group *next;
  unsigned id;
  uint16_t port;
  pid_t pid;
  uint32_t count, rooms, at_once;
  struct dialect dialect;
  struct connection *members;
  struct connection **publishers;  // by room, opened when needed
  const struct listener *listener;
  bool is_capturing;               // remembers what deliveries say, for recovery
  uint64_t number;                 // the last %n
  uint64_t deliveries, acks, pongs, bytes;
  char *failure;                   // the first one; the group is of no use any more
};

struct group *group_create(unsigned id);
// Ends all connections, with resets.
void group_free(struct group *group);

// How many members a room has.
uint32_t members_of(const struct group *group, uint32_t room);

// Begins to connect. Failures come by way of `fail`.
void connection_start(struct connection *connection);
// Makes a connection ready to be started.
void connection_prepare(struct connection *connection, struct group *group, enum role role, uint32_t index,
                        uint32_t room);
// Ends a connection: with a reset, or by saying that nothing more comes and waiting for the server's end.
void connection_reset(struct connection *connection);
void connection_leave(struct connection *connection);

// Appends a frame to what is to be written: of an expanded template, or of bytes as they are.
void queue_template(struct connection *connection, struct text template, const struct fillings *fillings);
void queue_frame(struct connection *connection, uint8_t opcode, const char *payload, size_t length);
// Writes what can be written; the rest leaves when the socket takes it.
void flush(struct connection *connection);
// Asks to be told when the socket takes more.
void want_writing(struct connection *connection, bool wanted);

// Notes the first failure of a group.
void fail(struct group *group, const char *format, ...) __attribute__((format(printf, 2, 3)));

// --- events of all groups ---

void events_open(void);
// Adds a descriptor that is not a connection; events_wait() returns when it is readable.
void events_add_input(int fd);
// Handles what there is. Waits at most `timeout_ns` for it; below 0 without limit. Returns whether the input is readable.
bool events_wait(int64_t timeout_ns);
// The time at which the bytes that are being handled were read.
extern int64_t read_at;

#endif
