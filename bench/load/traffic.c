// Work that goes on for a while, and the window in which it is measured.
#include "traffic.h"
#include <time.h>
#include "stats.h"

#define NAP_NS (NS_PER_MS / 2)
// A paced window is prolonged by so much at most for what is on its way when it ends.
#define GRACE_NS (20 * NS_PER_MS)
// After so long without any delivery, those that are missing are lost.
#define QUIET_NS (5 * NS_PER_S)
#define MAX_DRAIN_NS (60 * NS_PER_S)
// Closed loops stand still when something is lost.
#define STALL_NS (5 * NS_PER_S)

void meter_begin(struct meter *meter, const struct group *group) {
  *meter = (struct meter){.ns = now_ns(), .server_cpu_ns = cpu_ns_of(group->pid), .own_cpu_ns = own_cpu_ns(),
                          .deliveries = group->deliveries, .acks = group->acks, .bytes = group->bytes};
}

bool meter_end(struct meter *meter, struct group *group) {
  struct meter end;
  meter_begin(&end, group);
  if (meter->server_cpu_ns < 0 || end.server_cpu_ns < 0) {
    fail(group, "The CPU time of process %d cannot be read.", (int)group->pid);
    return false;
  }
  meter->ns = end.ns - meter->ns;
  meter->server_cpu_ns = end.server_cpu_ns - meter->server_cpu_ns;
  meter->own_cpu_ns = end.own_cpu_ns - meter->own_cpu_ns;
  meter->deliveries = end.deliveries - meter->deliveries;
  meter->acks = end.acks - meter->acks;
  meter->bytes = end.bytes - meter->bytes;
  return true;
}

void pass_time(bool waits, int64_t until) {
  int64_t left = until - now_ns();
  if (left < 0) left = 0;
  if (waits) {
    events_wait(left);
    return;
  }
  struct timespec nap = {0, left < NAP_NS ? left : NAP_NS};
  nanosleep(&nap, NULL);
  events_wait(0);
}

static uint64_t missing(const struct traffic *traffic) {
  uint64_t delivered = traffic->group->deliveries - traffic->delivered_before;
  return delivered < traffic->expected ? traffic->expected - delivered : 0;
}

static void run(struct traffic *traffic, int64_t until) {
  struct group *group = traffic->group;
  uint64_t delivered = group->deliveries;
  int64_t now = now_ns(), progress_at = now;
  while (now < until && group->failure == NULL) {
    int64_t due = traffic->send(traffic, now);
    pass_time(traffic->waits, due < until ? due : until);
    now = now_ns();
    if (group->deliveries != delivered || traffic->is_paced) progress_at = now;
    delivered = group->deliveries;
    if (now - progress_at > STALL_NS) {
      fail(group, "Nothing has come back for %lld s, and %llu deliveries are missing.",
           STALL_NS / NS_PER_S, (unsigned long long)missing(traffic));
    }
  }
  // A generator that woke up late owes what was due by then.
  if (traffic->is_paced && group->failure == NULL) traffic->send(traffic, until);
}

// Waits until everything has arrived, or nothing arrives any more.
static void drain(struct traffic *traffic, int64_t quiet_ns, int64_t max_ns) {
  struct group *group = traffic->group;
  int64_t now = now_ns(), progress_at = now, end = now + max_ns;
  uint64_t delivered = group->deliveries;
  while (missing(traffic) > 0 && now < end && now - progress_at < quiet_ns && group->failure == NULL) {
    pass_time(traffic->waits, now + 10 * NS_PER_MS);
    now = now_ns();
    if (group->deliveries != delivered) progress_at = now;
    delivered = group->deliveries;
  }
}

static void restart_clock(struct traffic *traffic) {
  traffic->started_at = now_ns();
  traffic->due = 0;
}

bool traffic_measure(struct traffic *traffic) {
  struct group *group = traffic->group;
  traffic->delivered_before = group->deliveries;
  restart_clock(traffic);
  run(traffic, traffic->started_at + (int64_t)(traffic->warm_up_seconds * NS_PER_S));
  if (traffic->is_paced) {
    // What the warm-up has left behind is not the window's.
    drain(traffic, QUIET_NS, MAX_DRAIN_NS);
    traffic->expected = group->deliveries - traffic->delivered_before;
    restart_clock(traffic);
  }
  uint64_t publishes = traffic->publishes, expected = traffic->expected;
  meter_begin(&traffic->meter, group);
  run(traffic, now_ns() + (int64_t)(traffic->seconds * NS_PER_S));
  if (traffic->is_paced) drain(traffic, GRACE_NS, GRACE_NS);
  bool is_measured = meter_end(&traffic->meter, group);
  traffic->window_publishes = traffic->publishes - publishes;
  traffic->window_expected = traffic->expected - expected;
  uint64_t delivered = group->deliveries;
  // What is counted as sent leaves, or it would be waited for.
  if (!traffic->is_paced) traffic->send(traffic, now_ns());
  traffic->is_over = true;
  drain(traffic, QUIET_NS, MAX_DRAIN_NS);
  traffic->late = group->deliveries - delivered;
  traffic->lost = missing(traffic);
  return is_measured && group->failure == NULL;
}

void traffic_publish(struct traffic *traffic, struct connection *by, uint32_t room, int64_t now) {
  struct group *group = traffic->group;
  payload_stamp(&traffic->payload, by->index, now);
  struct fillings fillings = {.room = room, .connection = by->index, .number = ++group->number,
                              .payload = traffic->payload.text, .escaped_payload = traffic->payload.text,
                              .captured = by->captured};
  queue_template(by, group->dialect.publish, &fillings);
  traffic->publishes++;
  traffic->expected += members_of(group, room);
  if (by->role == PUBLISHER && group->dialect.publisher_is_member) traffic->expected++;
}

// The first one is due after half an interval, so that a window holds whole ones.
int64_t next_due(const struct traffic *traffic) {
  return traffic->started_at + (int64_t)(traffic->due * (uint64_t)traffic->interval_ns) + traffic->interval_ns / 2;
}

uint64_t take_due(struct traffic *traffic, int64_t now) {
  uint64_t before = traffic->due;
  while (next_due(traffic) <= now) traffic->due++;
  return traffic->due - before;
}
