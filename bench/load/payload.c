// What is published: a text that says who published it and when, and enough else to be as long as wanted.
#include "payload.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The fields: a mark that stands nowhere else in any message, the connection, and the time.
#define MARK '~'
#define CONNECTION_DIGITS 8
#define TIME_DIGITS 16
#define FIELDS_LENGTH (1 + CONNECTION_DIGITS + TIME_DIGITS)
#define FIELDS "~0000000000000000000000000"

#define MIN_BYTES 32
#define MIN_JSON_BYTES 256

static char random_letter(void) { return "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-"[next_random() % 64]; }

static void put_letters(char *at, size_t count) {
  for (size_t index = 0; index < count; index++) at[index] = random_letter();
}

static void fill_text(char *at, size_t bytes) {
  memcpy(at, FIELDS, FIELDS_LENGTH);
  put_letters(at + FIELDS_LENGTH, bytes - FIELDS_LENGTH);
}

// Records like those of a game or a dashboard, with a last text that makes it as long as wanted.
static void fill_json(char *at, size_t bytes) {
  static const char END_BEFORE[] = "],\"note\":\"", END_AFTER[] = "\"}";
  const size_t ending = sizeof END_BEFORE + sizeof END_AFTER - 2;
  size_t length = (size_t)sprintf(at, "{\"at\":\"%.*s\",\"players\":[", FIELDS_LENGTH, FIELDS);
  for (unsigned index = 0;; index++) {
    char record[160];
    unsigned size = (unsigned)snprintf(
        record, sizeof record, "%s{\"id\":%u,\"name\":\"player-%u\",\"x\":%u.%02u,\"y\":%u.%02u,\"score\":%u,\"isOnline\":%s}",
        index == 0 ? "" : ",", index, (unsigned)(next_random() % 1000), (unsigned)(next_random() % 1000),
        (unsigned)(next_random() % 100), (unsigned)(next_random() % 1000), (unsigned)(next_random() % 100),
        (unsigned)(next_random() % 10000), next_random() % 2 == 0 ? "true" : "false");
    if (length + size + ending > bytes) break;
    memcpy(at + length, record, size);
    length += size;
  }
  memcpy(at + length, END_BEFORE, sizeof END_BEFORE - 1);
  length += sizeof END_BEFORE - 1;
  size_t note = bytes - length - (sizeof END_AFTER - 1);
  put_letters(at + length, note);
  memcpy(at + length + note, END_AFTER, sizeof END_AFTER - 1);
}

static struct text escape(const char *at, size_t length) {
  char *out = malloc(2 * length + 1);
  size_t written = 0;
  for (size_t index = 0; index < length; index++) {
    if (at[index] == '"') out[written++] = '\\';
    out[written++] = at[index];
  }
  return (struct text){out, written};
}

const char *payload_create(struct payload *payload, size_t bytes, bool is_json, bool is_quoted) {
  if (bytes < (is_json ? MIN_JSON_BYTES : MIN_BYTES)) return is_json ? "JSON payloads have at least 256 bytes" : "payloads have at least 32 bytes";
  char *text = malloc(bytes + 1);
  payload->count = is_json ? MAX_VARIANTS : 1;
  for (unsigned index = 0; index < payload->count; index++) {
    if (is_json) fill_json(text, bytes);
    else fill_text(text, bytes);
    payload->variants[index] = is_quoted ? escape(text, bytes) : text_copy(text, bytes);
  }
  free(text);
  payload->text = payload->variants[0];
  payload->fields = (size_t)((char *)memchr(payload->text.at, MARK, payload->text.length) - payload->text.at);
  return NULL;
}

void payload_free(struct payload *payload) {
  for (unsigned index = 0; index < payload->count; index++) free(payload->variants[index].at);
  payload->count = 0;
}

// The time of a publish says which variant it is.
static struct text variant_at(const struct payload *payload, int64_t time) {
  return payload->variants[(uint64_t)time % payload->count];
}

static void put_digits(char *at, unsigned count, uint64_t number) {
  while (count-- > 0) {
    at[count] = (char)('0' + number % 10);
    number /= 10;
  }
}

static uint64_t read_digits(const char *at, unsigned count) {
  uint64_t number = 0;
  for (unsigned index = 0; index < count; index++) number = number * 10 + (uint64_t)(at[index] - '0');
  return number;
}

void payload_stamp(struct payload *payload, uint32_t connection, int64_t now) {
  payload->text = variant_at(payload, now);
  char *fields = payload->text.at + payload->fields + 1;
  put_digits(fields, CONNECTION_DIGITS, connection);
  put_digits(fields + CONNECTION_DIGITS, TIME_DIGITS, (uint64_t)now);
}

// Where the fields begin, or NULL if the message has none that are whole.
static const char *find_fields(const struct message *message) {
  const char *mark = memchr(message->at, MARK, message->available);
  if (mark == NULL || message->at + message->available - mark < FIELDS_LENGTH) return NULL;
  return mark;
}

bool payload_read(const struct message *message, struct fields *fields) {
  const char *mark = find_fields(message);
  if (mark == NULL) return false;
  fields->connection = (uint32_t)read_digits(mark + 1, CONNECTION_DIGITS);
  fields->published_at = (int64_t)read_digits(mark + 1 + CONNECTION_DIGITS, TIME_DIGITS);
  return true;
}

bool payload_is_intact(const struct payload *payload, const struct message *message) {
  const char *mark = find_fields(message);
  if (mark == NULL) return false;
  struct text published = variant_at(payload, (int64_t)read_digits(mark + 1 + CONNECTION_DIGITS, TIME_DIGITS));
  const char *rest = published.at + payload->fields + FIELDS_LENGTH;
  size_t length = published.length - payload->fields - FIELDS_LENGTH;
  size_t available = (size_t)(message->at + message->available - (mark + FIELDS_LENGTH));
  return available >= length && memcmp(mark + FIELDS_LENGTH, rest, length) == 0;
}
