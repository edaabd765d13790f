// The windows in which open connections send: fan-out, everyone, echo; and the one in which nobody does.
#ifndef WINDOWS_H
#define WINDOWS_H
#include "group.h"

enum pace { PACED, SATURATED, LOCK_STEP, ONCE };

struct window_options {
  double warm_up_seconds, seconds;
  size_t bytes;
  bool is_json;
  enum pace pace;
  double rate;  // publishes per second
  unsigned burst, outstanding, depth;
  bool has_latency, waits;
};

// Each answers by itself.
void run_fanout(struct group *group, const struct window_options *options);
void run_everyone(struct group *group, const struct window_options *options);
void run_echo(struct group *group, const struct window_options *options);
void run_idle(struct group *group, const struct window_options *options);

#endif
