// What is published: a text that says who published it and when, and enough else to be as long as wanted.
#ifndef PAYLOAD_H
#define PAYLOAD_H
#include <stdbool.h>
#include "group.h"

// Enough of them that a window of compression, 32 KiB, has forgotten one when it comes again.
#define MAX_VARIANTS 64

struct payload {
  struct text text;     // the variant that was stamped last, as it is in frames, escaped if the template wants it
  size_t fields;        // where the fields are in each
  struct text variants[MAX_VARIANTS];
  unsigned count;       // how many there are: one of letters, which nothing can be made of, many of JSON
};

// What a delivery says.
struct fields {
  uint32_t connection;
  int64_t published_at;
};

// NULL, or what is wrong.
const char *payload_create(struct payload *payload, size_t bytes, bool is_json, bool is_quoted);
void payload_free(struct payload *payload);
void payload_stamp(struct payload *payload, uint32_t connection, int64_t now);

// Reads the fields of a delivery; false if it has none.
bool payload_read(const struct message *message, struct fields *fields);
// Whether what follows the fields is what was published.
bool payload_is_intact(const struct payload *payload, const struct message *message);

#endif
