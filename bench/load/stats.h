// Clocks, a histogram of durations, and the JSON of the answers.
#ifndef STATS_H
#define STATS_H
#include <stdint.h>
#include <sys/types.h>

#define NS_PER_S 1000000000LL
#define NS_PER_MS 1000000LL

// CLOCK_MONOTONIC in nanoseconds.
int64_t now_ns(void);

// The CPU time of this process, and of another one: all its threads, those that ended included. It is the counter whose
// parts /proc/PID/task/*/schedstat shows, brought up to date for threads that are running. -1 if there is no such process.
int64_t own_cpu_ns(void);
int64_t cpu_ns_of(pid_t pid);

// Durations in buckets of 1/64 of a power of two: within 1.6 %.
#define HISTOGRAM_BUCKETS (64 * 58)
struct histogram {
  uint64_t counts[HISTOGRAM_BUCKETS];
  uint64_t total;
  int64_t max;
};
void histogram_clear(struct histogram *histogram);
void histogram_add(struct histogram *histogram, int64_t ns);
// The upper end of the bucket in which `share` of all durations is reached.
int64_t histogram_at(const struct histogram *histogram, double share);

// One line of JSON on stdout.
void answer_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void answer_ok(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
