// Many connections at once: opening them, and those that come and go.
#include "crowd.h"
#include <stdlib.h>
#include "stats.h"
#include "traffic.h"

#define PATIENCE_NS (10 * NS_PER_S)

static uint64_t arrivals;

static void count_arrival(struct connection *connection) {
  (void)connection;
  arrivals++;
}

static const struct listener ARRIVALS = {.opened = count_arrival};

// Waits until so many connections have arrived. The time is for each of them.
static bool await_arrivals(struct group *group, uint64_t wanted) {
  uint64_t before = arrivals;
  int64_t deadline = now_ns() + PATIENCE_NS;
  while (arrivals < wanted && group->failure == NULL) {
    if (arrivals != before) deadline = now_ns() + PATIENCE_NS;
    before = arrivals;
    events_wait(100 * NS_PER_MS);
    if (arrivals < wanted && now_ns() > deadline) {
      fail(group, "The server has not answered for %lld s what a connection sent to get in.",
           (long long)(PATIENCE_NS / NS_PER_S));
    }
  }
  return group->failure == NULL;
}

bool crowd_open(struct group *group) {
  group->listener = &ARRIVALS;
  arrivals = 0;
  for (uint32_t index = 0; index < group->count; index++) {
    if (index >= group->at_once && !await_arrivals(group, index - group->at_once + 1)) break;
    connection_prepare(&group->members[index], group, MEMBER, index, index % group->rooms);
    connection_start(&group->members[index]);
  }
  bool is_open = await_arrivals(group, group->count);
  group->listener = NULL;
  return is_open;
}

struct connection *publisher_of(struct group *group, uint32_t room) {
  if (group->publishers[room] != NULL) return group->publishers[room];
  struct connection *publisher = group->publishers[room] = calloc(1, sizeof *publisher);
  group->listener = &ARRIVALS;
  arrivals = 0;
  connection_prepare(publisher, group, PUBLISHER, group->count + room, room);
  connection_start(publisher);
  bool is_open = await_arrivals(group, 1);
  group->listener = NULL;
  return is_open ? publisher : NULL;
}

// --- those that come and go ---

static uint64_t completed;

static void leave_again(struct connection *connection) {
  completed++;
  connection_leave(connection);
}

static const struct listener PASSERS_BY = {.opened = leave_again};

static void start_those_gone(struct group *group, struct connection *slots, const struct handshakes_options *options,
                             uint32_t *next) {
  for (unsigned index = 0; index < options->in_flight; index++) {
    struct connection *slot = &slots[index];
    if (slot->state == IDLE || slot->state == CLOSED) {
      connection_prepare(slot, group, PASSER_BY, *next, *next % group->rooms);
      ++*next;
      connection_start(slot);
    } else if (now_ns() - slot->started_at > PATIENCE_NS) {
      fail(group, slot->state == LEAVING ? "The server does not end a connection whose client has ended it."
                                         : "A connection has not got in within %lld s.",
           (long long)(PATIENCE_NS / NS_PER_S));
    }
  }
}

static void come_and_go(struct group *group, struct connection *slots, const struct handshakes_options *options,
                        uint32_t *next, double seconds) {
  int64_t end = now_ns() + (int64_t)(seconds * NS_PER_S);
  while (now_ns() < end && group->failure == NULL) {
    start_those_gone(group, slots, options, next);
    pass_time(false, end);
  }
}

void run_handshakes(struct group *group, const struct handshakes_options *options) {
  struct connection *slots = calloc(options->in_flight, sizeof *slots);
  struct meter meter;
  uint32_t next = 0;
  group->listener = &PASSERS_BY;
  come_and_go(group, slots, options, &next, options->warm_up_seconds);
  completed = 0;
  meter_begin(&meter, group);
  come_and_go(group, slots, options, &next, options->seconds);
  uint64_t in_window = completed;
  bool is_measured = meter_end(&meter, group);
  // Those under way end too, so that they are not in the next window.
  int64_t end = now_ns() + NS_PER_S;
  for (unsigned index = 0; index < options->in_flight; index++) {
    while (slots[index].state != CLOSED && now_ns() < end && group->failure == NULL) pass_time(false, end);
  }
  for (unsigned index = 0; index < options->in_flight; index++) {
    connection_reset(&slots[index]);
    free(slots[index].carry);
    free(slots[index].out.at);
    free(slots[index].captured);
  }
  free(slots);
  group->listener = NULL;
  if (!is_measured || group->failure != NULL) answer_error("%s", group->failure);
  else answer_ok(",\"completed\":%llu" METER_FORMAT, (unsigned long long)in_window, METER_VALUES(meter));
}
