// How clients speak to one server: the counterpart of harness/dialect.ts.
#include "dialect.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text text_copy(const char *at, size_t length) {
  char *copy = malloc(length + 1);
  memcpy(copy, at, length);
  copy[length] = 0;
  return (struct text){copy, length};
}

bool starts_with(const char *at, size_t length, struct text prefix) {
  return length >= prefix.length && memcmp(at, prefix.at, prefix.length) == 0;
}

// --- fields of `open` ---

static void set(struct text *text, struct text value) {
  free(text->at);
  *text = text_copy(value.at, value.length);
}

static void append_line(struct text *text, struct text line) {
  text->at = realloc(text->at, text->length + line.length + 3);
  memcpy(text->at + text->length, line.at, line.length);
  memcpy(text->at + text->length + line.length, "\r\n", 3);
  text->length += line.length + 2;
}

// Each step is one line to send and one to expect, in this order.
static const char *take_step(struct hello *hello, bool is_send, struct text value) {
  if (is_send) {
    if (hello->count == MAX_STEPS) return "a hello has too many steps";
    hello->steps[hello->count++].send = text_copy(value.at, value.length);
  } else {
    if (hello->count == 0) return "a hello expects before it sends";
    hello->steps[hello->count - 1].expect = text_copy(value.at, value.length);
  }
  return NULL;
}

// name TAB from TAB after TAB until
static const char *take_capture(struct dialect *dialect, struct text value) {
  if (dialect->capture_count == MAX_CAPTURES) return "there are too many captures";
  struct capture *capture = &dialect->captures[dialect->capture_count];
  struct text parts[4] = {0};
  const char *at = value.at, *end = value.at + value.length;
  for (unsigned part = 0; part < 4; part++) {
    const char *tab = part < 3 ? memchr(at, '\t', (size_t)(end - at)) : end;
    if (tab == NULL) return "a capture has four parts";
    parts[part] = (struct text){(char *)at, (size_t)(tab - at)};
    at = tab + 1;
  }
  const struct { const char *name; enum capture_from from; } sources[] = {
      {"hello", FROM_HELLO}, {"delivery", FROM_DELIVERY}, {"any", FROM_ANY}};
  for (unsigned index = 0; index < 3; index++) {
    struct text name = {(char *)sources[index].name, strlen(sources[index].name)};
    if (parts[1].length == name.length && starts_with(parts[1].at, parts[1].length, name)) {
      capture->from = sources[index].from;
    }
  }
  if (capture->from == 0) return "a capture is from hello, delivery or any";
  if (parts[0].length == 0 || parts[2].length == 0) return "a capture needs a name and what it stands behind";
  capture->name = text_copy(parts[0].at, parts[0].length);
  capture->after = text_copy(parts[2].at, parts[2].length);
  capture->until = text_copy(parts[3].at, parts[3].length);
  dialect->capture_count++;
  return NULL;
}

const char *dialect_take(struct dialect *dialect, const char *key, struct text value) {
  const struct { const char *key; struct text *text; } texts[] = {
      {"path", &dialect->path},       {"publisherPath", &dialect->publisher_path},
      {"publish", &dialect->publish}, {"delivery", &dialect->delivery},
      {"ack", &dialect->ack},         {"ping", &dialect->ping},
      {"pong", &dialect->pong}};
  for (unsigned index = 0; index < sizeof texts / sizeof *texts; index++) {
    if (strcmp(key, texts[index].key) != 0) continue;
    set(texts[index].text, value);
    bool is_prefix = texts[index].text == &dialect->delivery || texts[index].text == &dialect->ack;
    return is_prefix && value.length > MAX_PREFIX ? "the beginning of a message is too long" : NULL;
  }
  const struct { const char *send, *expect; struct hello *hello; } hellos[] = {
      {"helloSend", "helloExpect", &dialect->hello},
      {"publisherHelloSend", "publisherHelloExpect", &dialect->publisher_hello},
      {"recoveryHelloSend", "recoveryHelloExpect", &dialect->recovery_hello}};
  for (unsigned index = 0; index < sizeof hellos / sizeof *hellos; index++) {
    if (strcmp(key, hellos[index].send) == 0) return take_step(hellos[index].hello, true, value);
    if (strcmp(key, hellos[index].expect) == 0) return take_step(hellos[index].hello, false, value);
  }
  if (strcmp(key, "header") == 0) append_line(&dialect->headers, value);
  else if (strcmp(key, "opcode") == 0) dialect->opcode = strcmp(value.at, "text") == 0 ? 1 : 2;
  else if (strcmp(key, "publisherIsMember") == 0) dialect->publisher_is_member = strcmp(value.at, "1") == 0;
  else if (strcmp(key, "capture") == 0) return take_capture(dialect, value);
  return NULL;
}

static void hello_free(struct hello *hello) {
  for (unsigned index = 0; index < hello->count; index++) {
    free(hello->steps[index].send.at);
    free(hello->steps[index].expect.at);
  }
}

void dialect_free(struct dialect *dialect) {
  struct text *texts[] = {&dialect->path,     &dialect->publisher_path, &dialect->publish,
                          &dialect->headers,  &dialect->delivery,       &dialect->ack,
                          &dialect->ping,     &dialect->pong};
  for (unsigned index = 0; index < sizeof texts / sizeof *texts; index++) free(texts[index]->at);
  hello_free(&dialect->hello);
  hello_free(&dialect->publisher_hello);
  hello_free(&dialect->recovery_hello);
  for (unsigned index = 0; index < dialect->capture_count; index++) {
    free(dialect->captures[index].name.at);
    free(dialect->captures[index].after.at);
    free(dialect->captures[index].until.at);
  }
}

// --- templates ---

static size_t put_number(char *out, uint64_t number) {
  char digits[20];
  size_t count = 0;
  do digits[count++] = (char)('0' + number % 10);
  while ((number /= 10) != 0);
  for (size_t index = 0; index < count; index++) out[index] = digits[count - 1 - index];
  return count;
}

static size_t put_text(char *out, struct text text) {
  if (text.length > 0) memcpy(out, text.at, text.length);
  return text.length;
}

// The value of the capture whose name stands at `at` before a closing brace. `*length` becomes that of the name.
static const char *captured_at(const struct dialect *dialect, const struct captured *captured, const char *at,
                               const char *end, size_t *length) {
  const char *brace = memchr(at, '}', (size_t)(end - at));
  *length = (size_t)((brace == NULL ? end : brace) - at);
  for (unsigned index = 0; captured != NULL && index < dialect->capture_count; index++) {
    struct text name = dialect->captures[index].name;
    if (name.length == *length && memcmp(name.at, at, name.length) == 0) return captured->values[index];
  }
  return "";
}

size_t expand(const struct dialect *dialect, struct text template, const struct fillings *fillings, char *out,
              size_t *payload_at) {
  char *start = out;
  const char *end = template.at + template.length;
  for (const char *at = template.at; at < end; at++) {
    if (*at != '%' || at + 1 == end) {
      *out++ = *at;
      continue;
    }
    bool is_quoted = at > template.at && at[-1] == '"';
    switch (*++at) {
      case 'r': out += put_number(out, fillings->room); break;
      case 'c': out += put_number(out, fillings->connection); break;
      case 'n': out += put_number(out, fillings->number); break;
      case 'p':
        if (payload_at != NULL) *payload_at = (size_t)(out - start);
        out += put_text(out, is_quoted ? fillings->escaped_payload : fillings->payload);
        break;
      case '{': {
        size_t length;
        const char *value = captured_at(dialect, fillings->captured, at + 1, end, &length);
        out += put_text(out, (struct text){(char *)value, strlen(value)});
        at += length + 1;
        break;
      }
      default: *out++ = *at;
    }
  }
  return (size_t)(out - start);
}

size_t expansion_bound(struct text template, const struct fillings *fillings) {
  size_t payload = fillings->payload.length + fillings->escaped_payload.length;
  size_t placeholders = 0;
  for (size_t index = 0; index < template.length; index++) placeholders += template.at[index] == '%';
  return template.length + placeholders * (MAX_CAPTURED + 1) + payload + 1;
}

bool is_payload_quoted(struct text template) {
  const char *payload = strstr(template.at, "%p");
  return payload != NULL && payload > template.at && payload[-1] == '"';
}

void capture_from(const struct dialect *dialect, enum capture_from from, const char *at, size_t length,
                  struct captured *captured) {
  for (unsigned index = 0; index < dialect->capture_count; index++) {
    const struct capture *capture = &dialect->captures[index];
    if ((capture->from & from) == 0) continue;
    const char *found = memmem(at, length, capture->after.at, capture->after.length);
    if (found == NULL) continue;
    found += capture->after.length;
    const char *end = found;
    while (end < at + length && memchr(capture->until.at, *end, capture->until.length) == NULL) end++;
    if ((size_t)(end - found) > MAX_CAPTURED) continue;
    memcpy(captured->values[index], found, (size_t)(end - found));
    captured->values[index][end - found] = 0;
  }
}
