// How clients speak to one server: the counterpart of harness/dialect.ts.
#ifndef DIALECT_H
#define DIALECT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_STEPS 8
#define MAX_CAPTURES 8
#define MAX_CAPTURED 127
#define MAX_PREFIX 64

// A text and its length. Without a pointer there is none, which the empty text is not.
struct text {
  char *at;
  size_t length;
};

struct step {
  struct text send;    // a template; empty sends nothing
  struct text expect;  // how the answer begins; empty does not wait
};

struct hello {
  struct step steps[MAX_STEPS];
  unsigned count;
};

enum capture_from { FROM_HELLO = 1, FROM_DELIVERY = 2, FROM_ANY = 3 };

struct capture {
  struct text name, after, until;
  enum capture_from from;
};

struct dialect {
  struct text path, publisher_path, publish, headers;
  struct text delivery, ack, ping, pong;
  struct hello hello, publisher_hello, recovery_hello;
  struct capture captures[MAX_CAPTURES];
  unsigned capture_count;
  uint8_t opcode;
  bool publisher_is_member;
};

// What the captures of one connection have found, in the order of the dialect's captures.
struct captured {
  char values[MAX_CAPTURES][MAX_CAPTURED + 1];
};

// Takes one field of the command `open`. Returns NULL, or what is wrong with it; fields of others are left alone.
const char *dialect_take(struct dialect *dialect, const char *key, struct text value);
void dialect_free(struct dialect *dialect);

struct text text_copy(const char *at, size_t length);
bool starts_with(const char *at, size_t length, struct text prefix);

// What placeholders stand for.
struct fillings {
  uint32_t room, connection;
  uint64_t number;
  struct text payload, escaped_payload;
  const struct captured *captured;  // or NULL
};

// Writes a template to `out`, which must have room for expansion_bound() bytes, and returns the length. Tells where in it the
// payload is, if `payload_at` is given.
size_t expand(const struct dialect *dialect, struct text template, const struct fillings *fillings, char *out,
              size_t *payload_at);
size_t expansion_bound(struct text template, const struct fillings *fillings);

// Whether the payload stands behind a quotation mark in the template, and is escaped for that reason.
bool is_payload_quoted(struct text template);

// Looks for captures in a message.
void capture_from(const struct dialect *dialect, enum capture_from from, const char *at, size_t length,
                  struct captured *captured);

#endif
