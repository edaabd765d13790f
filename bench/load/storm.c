// The reconnect storm, in two parts: all members are cut and their rooms go on without them; all come back at once.
#include <string.h>
#include "crowd.h"
#include "stats.h"
#include "traffic.h"

#define PAYLOAD_BYTES 128
#define PATIENCE_NS (20 * NS_PER_S)
// How long the storm waits for publications that were missed after everyone is back.
#define QUIET_NS (2 * NS_PER_S)
// After a failure a connection waits a moment, or it would ask again before anything has changed.
#define RETRY_NS (20 * NS_PER_MS)

static uint64_t back, retries;

static void note_return(struct connection *connection) {
  (void)connection;
  back++;
}

static bool try_again(struct connection *connection, const char *reason) {
  (void)reason;
  connection->started_at = now_ns();
  return true;
}

static const struct listener RETURNS = {.opened = note_return, .gone = try_again};

// Publishes to every room, and waits until each publisher has a pong behind its publishes: the server has read them.
static bool publish_everywhere(struct traffic *traffic, unsigned times) {
  struct group *group = traffic->group;
  uint64_t pongs = group->pongs + group->rooms;
  for (uint32_t room = 0; room < group->rooms; room++) {
    struct connection *publisher = publisher_of(group, room);
    if (publisher == NULL) return false;
    for (unsigned time = 0; time < times; time++) traffic_publish(traffic, publisher, room, now_ns());
    queue_frame(publisher, PING, "storm", 5);
    flush(publisher);
  }
  int64_t deadline = now_ns() + PATIENCE_NS;
  while (group->pongs < pongs && group->failure == NULL) {
    pass_time(false, deadline);
    if (now_ns() > deadline) fail(group, "The server does not answer the pings behind publishes.");
  }
  return group->failure == NULL;
}

// Each member learns a position to come back to.
static bool give_positions(struct traffic *traffic) {
  struct group *group = traffic->group;
  uint64_t wanted = group->deliveries + group->count;
  if (!publish_everywhere(traffic, 1)) return false;
  int64_t deadline = now_ns() + PATIENCE_NS;
  while (group->deliveries < wanted && group->failure == NULL) {
    pass_time(false, deadline);
    if (now_ns() > deadline) fail(group, "A publication before the storm has not arrived everywhere.");
  }
  return group->failure == NULL;
}

static void come_back(struct group *group, const struct storm_options *options, int64_t deadline) {
  uint32_t started = 0, sought = 0;
  while (back < group->count && now_ns() < deadline && group->failure == NULL) {
    while (started < group->count && started - back < options->at_once) connection_start(&group->members[started++]);
    // One look at each now and then finds those that failed.
    for (uint32_t looks = 0; looks < 1000 && looks < started; looks++) {
      struct connection *member = &group->members[sought++ % started];
      if (member->state != CLOSED || now_ns() - member->started_at < RETRY_NS) continue;
      connection_prepare(member, group, MEMBER, member->index, member->room);
      connection_start(member);
      retries++;
    }
    pass_time(false, deadline);
  }
}

static uint64_t replayed(const struct group *group) {
  uint64_t sum = 0;
  for (uint32_t index = 0; index < group->count; index++) sum += group->members[index].received;
  return sum;
}

static void await_replays(struct group *group, uint64_t wanted, int64_t deadline) {
  uint64_t before = group->deliveries;
  int64_t progress_at = now_ns();
  while (replayed(group) < wanted && now_ns() < deadline && now_ns() - progress_at < QUIET_NS && group->failure == NULL) {
    pass_time(false, deadline);
    if (group->deliveries != before) progress_at = now_ns();
    before = group->deliveries;
  }
}

// Everyone learns a position and is cut, and the rooms go on without them.
static void cut(struct group *group, const struct storm_options *options, struct traffic *traffic) {
  group->is_capturing = true;
  if (!give_positions(traffic)) return;
  group->listener = &RETURNS;
  for (uint32_t index = 0; index < group->count; index++) connection_reset(&group->members[index]);
  group->listener = NULL;
  if (options->missed > 0 && !publish_everywhere(traffic, options->missed)) return;
  bool recovers = group->dialect.recovery_hello.count > 0;
  for (uint32_t index = 0; index < group->count; index++) {
    struct connection *member = &group->members[index];
    connection_prepare(member, group, MEMBER, index, member->room);
    member->is_returning = recovers;
    member->received = 0;
  }
  answer_ok("%s", "");
}

// All come back at once.
static void bring_back(struct group *group, const struct storm_options *options) {
  bool recovers = group->dialect.recovery_hello.count > 0;
  struct meter meter;
  group->is_capturing = true;
  back = retries = 0;
  group->listener = &RETURNS;
  meter_begin(&meter, group);
  int64_t deadline = now_ns() + (int64_t)(options->seconds * NS_PER_S);
  come_back(group, options, deadline);
  if (recovers) await_replays(group, (uint64_t)group->count * options->missed, deadline);
  if (!meter_end(&meter, group)) return;
  uint64_t recovered = 0;
  for (uint32_t index = 0; index < group->count; index++) {
    const struct connection *member = &group->members[index];
    recovered += recovers && member->state == OPEN && member->received >= options->missed;
  }
  if (group->failure != NULL) return;
  answer_ok(",\"back\":%llu,\"recovered\":%llu,\"replayed\":%llu,\"retries\":%llu" METER_FORMAT,
            (unsigned long long)back, (unsigned long long)recovered, (unsigned long long)replayed(group),
            (unsigned long long)retries, METER_VALUES(meter));
}

void run_storm(struct group *group, const struct storm_options *options) {
  struct traffic traffic = {.group = group};
  payload_create(&traffic.payload, PAYLOAD_BYTES, false, is_payload_quoted(group->dialect.publish));
  if (options->is_return) bring_back(group, options);
  else cut(group, options, &traffic);
  payload_free(&traffic.payload);
  group->listener = NULL;
  group->is_capturing = false;
  if (group->failure != NULL) answer_error("%s", group->failure);
}
