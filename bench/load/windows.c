// The windows in which open connections send: fan-out, everyone, echo; and the one in which nobody does.
#include "windows.h"
#include <stdio.h>
#include <stdlib.h>
#include "crowd.h"
#include "echo.h"
#include "stats.h"
#include "traffic.h"

// Every so many deliveries one is compared with what was published; all of them would make the generator the limit.
#define DELIVERIES_PER_CHECK 61
// When nothing is due but answers come in.
#define FOREVER INT64_MAX

static const struct window_options *window;
static struct traffic traffic;
static struct histogram histogram;

// Connections that are to send: in lock-step, and in an echo.
static struct connection **ready;
static uint32_t ready_count;

static void check_delivery(struct connection *connection, const struct message *message) {
  if (message->is_compressed || message->available < message->length) return;
  if (payload_is_intact(&traffic.payload, message)) return;
  fail(connection->group, "A delivery of %zu bytes differs from what was published.", message->length);
}

static void check_some(struct connection *connection, const struct message *message) {
  if (connection->group->deliveries % DELIVERIES_PER_CHECK == 0) check_delivery(connection, message);
}

static void begin(struct group *group, const struct window_options *options, const struct listener *listener) {
  window = options;
  traffic = (struct traffic){.group = group, .waits = options->waits, .warm_up_seconds = options->warm_up_seconds,
                             .seconds = options->seconds, .is_paced = options->pace == PACED};
  group->listener = listener;
}

static bool make_payload(struct group *group) {
  const char *error = payload_create(&traffic.payload, window->bytes, window->is_json, is_payload_quoted(group->dialect.publish));
  if (error == NULL) return true;
  answer_error("What is asked for is impossible: %s.", error);
  return false;
}

static void finish(bool is_measured) {
  struct group *group = traffic.group;
  char latency[160] = "";
  group->listener = NULL;
  payload_free(&traffic.payload);
  if (!is_measured) {
    answer_error("%s", group->failure);
    return;
  }
  if (histogram.total > 0) {
    snprintf(latency, sizeof latency, ",\"latency\":{\"p50Ns\":%lld,\"p99Ns\":%lld,\"p999Ns\":%lld,\"maxNs\":%lld}",
             (long long)histogram_at(&histogram, 0.5), (long long)histogram_at(&histogram, 0.99),
             (long long)histogram_at(&histogram, 0.999), (long long)histogram.max);
  }
  answer_ok(",\"publishes\":%llu,\"deliveries\":%llu,\"expectedDeliveries\":%llu,\"lateDeliveries\":%llu,"
            "\"lostDeliveries\":%llu,\"acks\":%llu%s" METER_FORMAT,
            (unsigned long long)traffic.window_publishes, (unsigned long long)traffic.meter.deliveries,
            (unsigned long long)traffic.window_expected, (unsigned long long)traffic.late,
            (unsigned long long)traffic.lost, (unsigned long long)traffic.meter.acks, latency,
            METER_VALUES(traffic.meter));
}

// --- one publisher, one room ---

static struct connection *publisher;

static void note_latency(struct connection *connection, const struct message *message) {
  struct fields fields;
  check_some(connection, message);
  // What the warm-up published is not in the window; its clock begins anew with the window.
  if (!payload_read(message, &fields) || fields.published_at < traffic.started_at) return;
  histogram_add(&histogram, read_at - fields.published_at);
}

static int64_t send_paced(struct traffic *traffic, int64_t now) {
  for (uint64_t bursts = take_due(traffic, now); bursts > 0; bursts--) {
    for (unsigned count = 0; count < window->burst; count++) traffic_publish(traffic, publisher, 0, now_ns());
    flush(publisher);
  }
  return next_due(traffic);
}

// Under way is what all members together have not received, in publishes: no member is waited for alone, so the server always has
// something to do.
static int64_t send_saturated(struct traffic *traffic, int64_t now) {
  uint64_t members = members_of(traffic->group, 0) + traffic->group->dialect.publisher_is_member;
  uint64_t delivered = (traffic->group->deliveries - traffic->delivered_before) / members;
  while (traffic->publishes < delivered + window->outstanding) traffic_publish(traffic, publisher, 0, now);
  flush(publisher);
  return FOREVER;
}

void run_fanout(struct group *group, const struct window_options *options) {
  static const struct listener CHECKS = {.delivery = check_some}, LATENCIES = {.delivery = note_latency};
  publisher = publisher_of(group, 0);
  if (publisher == NULL || group->count == 0) {
    answer_error("%s", publisher == NULL ? group->failure : "A fan-out needs members.");
    return;
  }
  begin(group, options, options->has_latency ? &LATENCIES : &CHECKS);
  if (!make_payload(group)) return;
  histogram_clear(&histogram);
  traffic.waits = options->has_latency;
  traffic.send = options->pace == PACED ? send_paced : send_saturated;
  if (options->pace == PACED) traffic.interval_ns = (int64_t)(NS_PER_S * options->burst / options->rate);
  finish(traffic_measure(&traffic));
}

// --- everyone publishes ---

static uint32_t turn;

static void publish_own(struct traffic *traffic, struct connection *member, int64_t now) {
  traffic_publish(traffic, member, member->room, now);
  flush(member);
}

static int64_t send_in_turn(struct traffic *traffic, int64_t now) {
  for (uint64_t publishes = take_due(traffic, now); publishes > 0; publishes--) {
    publish_own(traffic, &traffic->group->members[turn++ % traffic->group->count], now);
  }
  return next_due(traffic);
}

static void answer_own(struct connection *connection, const struct message *message) {
  struct fields fields;
  check_some(connection, message);
  if (!payload_read(message, &fields)) {
    fail(connection->group, "Lock-step needs deliveries in which the payload can be read.");
  } else if (fields.connection == connection->index && ready_count < connection->group->count) {
    ready[ready_count++] = connection;
  }
}

static int64_t send_answers(struct traffic *traffic, int64_t now) {
  for (uint32_t index = 0; index < ready_count; index++) publish_own(traffic, ready[index], now);
  ready_count = 0;
  return FOREVER;
}

// The window lasts from the first publish to the last delivery.
static bool measure_once(struct group *group) {
  int64_t deadline = now_ns() + 60 * NS_PER_S;
  uint64_t before = group->deliveries;
  meter_begin(&traffic.meter, group);
  for (uint32_t index = 0; index < group->count; index++) publish_own(&traffic, &group->members[index], now_ns());
  while (group->deliveries - before < traffic.expected && group->failure == NULL) {
    pass_time(false, deadline);
    if (now_ns() > deadline) fail(group, "Not everything that was published has been delivered within 60 s.");
  }
  traffic.window_publishes = traffic.publishes;
  traffic.window_expected = traffic.expected;
  return meter_end(&traffic.meter, group) && group->failure == NULL;
}

static void make_ready(struct group *group) {
  ready = calloc(group->count, sizeof *ready);
  for (uint32_t index = 0; index < group->count; index++) ready[index] = &group->members[index];
  ready_count = group->count;
}

void run_everyone(struct group *group, const struct window_options *options) {
  static const struct listener CHECKS = {.delivery = check_some}, LOCK_STEPS = {.delivery = answer_own};
  if (group->count == 0) {
    answer_error("There is nobody to publish.");
    return;
  }
  begin(group, options, options->pace == LOCK_STEP ? &LOCK_STEPS : &CHECKS);
  if (!make_payload(group)) return;
  histogram_clear(&histogram);
  traffic.send = options->pace == PACED ? send_in_turn : send_answers;
  if (options->pace == PACED) traffic.interval_ns = (int64_t)(NS_PER_S / options->rate);
  make_ready(group);
  finish(options->pace == ONCE ? measure_once(group) : traffic_measure(&traffic));
  free(ready);
}

// --- everyone gets their own messages back ---

static void send_another(struct connection *connection, const struct message *message) {
  (void)message;
  if (traffic.is_over) return;
  // Otherwise it is in the list already, or waits for its socket.
  if (connection->echo->pending == 0) ready[ready_count++] = connection;
  echo_send(connection, 1);
  traffic.publishes++;
  traffic.expected++;
}

static int64_t write_echoes(struct traffic *traffic, int64_t now) {
  (void)traffic;
  (void)now;
  for (uint32_t index = 0; index < ready_count; index++) echo_write(ready[index]);
  ready_count = 0;
  return FOREVER;
}

void run_echo(struct group *group, const struct window_options *options) {
  static const struct listener ECHOES = {.delivery = send_another};
  begin(group, options, &ECHOES);
  histogram_clear(&histogram);
  traffic.is_paced = false;
  traffic.send = write_echoes;
  make_ready(group);
  for (uint32_t index = 0; index < group->count; index++) {
    echo_prepare(&group->members[index], options->bytes, options->depth);
    echo_send(&group->members[index], options->depth);
    traffic.publishes += options->depth;
    traffic.expected += options->depth;
  }
  bool is_measured = traffic_measure(&traffic);
  finish(is_measured);
  for (uint32_t index = 0; index < group->count; index++) echo_free(&group->members[index]);
  free(ready);
}

// --- nobody does anything ---

void run_idle(struct group *group, const struct window_options *options) {
  struct meter meter;
  int64_t begins = now_ns() + (int64_t)(options->warm_up_seconds * NS_PER_S);
  while (now_ns() < begins && group->failure == NULL) pass_time(true, begins);
  meter_begin(&meter, group);
  int64_t ends = now_ns() + (int64_t)(options->seconds * NS_PER_S);
  while (now_ns() < ends && group->failure == NULL) pass_time(true, ends);
  if (!meter_end(&meter, group) || group->failure != NULL) answer_error("%s", group->failure);
  else answer_ok(METER_FORMAT, METER_VALUES(meter));
}
