// Work that goes on for a while, and the window in which it is measured.
#ifndef TRAFFIC_H
#define TRAFFIC_H
#include "group.h"
#include "payload.h"

// What a window counts, between its begin and its end.
struct meter {
  int64_t ns, server_cpu_ns, own_cpu_ns;
  uint64_t deliveries, acks, bytes;
};

void meter_begin(struct meter *meter, const struct group *group);
// From here on the meter holds differences. False, with a failure of the group, if the server's CPU time cannot be read.
bool meter_end(struct meter *meter, struct group *group);
// The fields of the answer that all windows have, as JSON behind other fields.
#define METER_FORMAT ",\"seconds\":%.6f,\"serverCpuNs\":%lld,\"generatorShare\":%.4f,\"bytes\":%llu"
#define METER_VALUES(meter)                                                                                  \
  (double)(meter).ns / NS_PER_S, (long long)(meter).server_cpu_ns,                                           \
      (double)(meter).own_cpu_ns / (double)(meter).ns, (unsigned long long)(meter).bytes

struct traffic {
  struct group *group;
  // Sends what is due, and returns when something is due again at the latest.
  int64_t (*send)(struct traffic *traffic, int64_t now);
  bool waits;              // for events, instead of polling
  bool is_paced;           // by a clock, not by what comes back
  bool is_over;            // nothing more is to be sent
  double warm_up_seconds, seconds;
  uint64_t publishes;      // so far
  uint64_t expected;       // deliveries of these publishes
  uint64_t delivered_before;
  // of windows that publish
  struct payload payload;
  int64_t started_at, interval_ns;
  uint64_t due;            // how many intervals have been served since then
  // what the window has shown
  struct meter meter;
  uint64_t window_publishes, window_expected, late, lost;
};

// Handles events for a moment: waits for them until `until`, or naps for 0.5 ms and takes what is there then. Polling is cheap,
// because a sleeper costs whoever sends to it a wake-up.
void pass_time(bool waits, int64_t until);

// Runs the traffic through warm-up, window, and the arrival of what is under way. False if the group has failed.
bool traffic_measure(struct traffic *traffic);

// Publishes to a room by way of a connection; leaves the writing to the caller.
void traffic_publish(struct traffic *traffic, struct connection *by, uint32_t room, int64_t now);

// How many intervals have become due.
uint64_t take_due(struct traffic *traffic, int64_t now);
int64_t next_due(const struct traffic *traffic);

#endif
