// Many connections at once: opening them, letting them come and go, and storms.
#ifndef CROWD_H
#define CROWD_H
#include <stdbool.h>
#include "group.h"

// Opens all members. False if the group has failed.
bool crowd_open(struct group *group);
// The publisher of a room, opened if need be. NULL if the group has failed.
struct connection *publisher_of(struct group *group, uint32_t room);

struct handshakes_options {
  double warm_up_seconds, seconds;
  unsigned in_flight;
};
// Both answer by themselves.
void run_handshakes(struct group *group, const struct handshakes_options *options);

struct storm_options {
  double seconds;
  unsigned missed, at_once;
  bool is_return;  // the second half: those who were cut come back
};
void run_storm(struct group *group, const struct storm_options *options);

#endif
