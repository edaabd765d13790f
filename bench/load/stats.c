// Clocks, a histogram of durations, and the JSON of the answers.
#include "stats.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t read_clock(clockid_t clock) {
  struct timespec time;
  if (clock_gettime(clock, &time) != 0) return -1;
  return time.tv_sec * NS_PER_S + time.tv_nsec;
}

int64_t now_ns(void) { return read_clock(CLOCK_MONOTONIC); }

int64_t own_cpu_ns(void) { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

int64_t cpu_ns_of(pid_t pid) {
  clockid_t clock;
  if (clock_getcpuclockid(pid, &clock) != 0) return -1;
  return read_clock(clock);
}

void histogram_clear(struct histogram *histogram) { memset(histogram, 0, sizeof *histogram); }

// Below 128 each nanosecond has a bucket; above, the six bits behind the first one say which.
static unsigned bucket_of(uint64_t ns) {
  if (ns < 128) return (unsigned)ns;
  unsigned shift = 63 - __builtin_clzll(ns) - 6;
  unsigned bucket = shift * 64 + (unsigned)(ns >> shift);
  return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

static int64_t end_of(unsigned bucket) {
  if (bucket < 128) return bucket;
  unsigned shift = bucket / 64 - 1;
  return (((int64_t)(bucket % 64 + 64) + 1) << shift) - 1;
}

void histogram_add(struct histogram *histogram, int64_t ns) {
  if (ns < 0) ns = 0;
  histogram->counts[bucket_of((uint64_t)ns)]++;
  histogram->total++;
  if (ns > histogram->max) histogram->max = ns;
}

int64_t histogram_at(const struct histogram *histogram, double share) {
  uint64_t wanted = (uint64_t)(share * (double)histogram->total + 0.5);
  uint64_t seen = 0;
  if (wanted == 0) wanted = 1;
  for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
    seen += histogram->counts[bucket];
    if (seen < wanted) continue;
    int64_t end = end_of(bucket);
    return end < histogram->max ? end : histogram->max;
  }
  return histogram->max;
}

void answer_ok(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("{\"ok\":true", stdout);
  vprintf(format, arguments);
  fputs("}\n", stdout);
  fflush(stdout);
  va_end(arguments);
}

// What a server sent may be part of it, so everything but plain ASCII is escaped.
void answer_error(const char *format, ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  fputs("{\"ok\":false,\"error\":\"", stdout);
  for (const unsigned char *c = (const unsigned char *)text; *c != 0; c++) {
    if (*c == '"' || *c == '\\') printf("\\%c", *c);
    else if (*c < 0x20 || *c > 0x7e) printf("\\u%04x", *c);
    else putchar(*c);
  }
  fputs("\"}\n", stdout);
  fflush(stdout);
}
