// WebSocket frames (RFC 6455) from a client's side: many are read from one buffer, masked ones are written.
#include "frames.h"
#include <string.h>

static uint64_t random_state = 0x9e3779b97f4a7c15ULL;

uint64_t next_random(void) {
  random_state ^= random_state >> 12;
  random_state ^= random_state << 25;
  random_state ^= random_state >> 27;
  return random_state * 0x2545f4914f6cdd1dULL;
}

// --- writing ---

size_t client_header_length(size_t length) { return length < 126 ? 6 : length < 65536 ? 8 : 14; }

size_t put_client_header(char *out, uint8_t opcode, size_t length, uint32_t key) {
  size_t at = 2;
  out[0] = (char)(0x80 | opcode);
  if (length < 126) {
    out[1] = (char)(0x80 | length);
  } else {
    unsigned bytes = length < 65536 ? 2 : 8;
    out[1] = (char)(0x80 | (bytes == 2 ? 126 : 127));
    for (unsigned index = bytes; index-- > 0;) out[at++] = (char)((uint64_t)length >> (8 * index));
  }
  memcpy(out + at, &key, 4);
  return at + 4;
}

void mask(char *at, size_t length, uint32_t key) {
  uint64_t wide = (uint64_t)key << 32 | key;
  while (length >= 8) {
    uint64_t word;
    memcpy(&word, at, 8);
    word ^= wide;
    memcpy(at, &word, 8);
    at += 8;
    length -= 8;
  }
  for (size_t index = 0; index < length; index++) at[index] ^= ((const char *)&key)[index & 3];
}

// --- reading ---

struct header {
  uint8_t opcode;
  bool is_last, is_compressed;
  size_t header_length;
  uint64_t length;
};

// False if the header is not whole yet.
static bool read_header(const uint8_t *at, size_t length, struct header *header, const char **error) {
  if (length < 2) return false;
  header->opcode = at[0] & 15;
  header->is_last = (at[0] & 0x80) != 0;
  header->is_compressed = (at[0] & 0x40) != 0;
  if ((at[0] & 0x30) != 0) *error = "a frame with reserved bits";
  if ((at[1] & 0x80) != 0) *error = "a masked frame";
  header->length = at[1] & 127;
  unsigned extended = header->length == 126 ? 2 : header->length == 127 ? 8 : 0;
  header->header_length = 2 + extended;
  if (length < header->header_length) return false;
  if (extended > 0) header->length = 0;
  for (unsigned index = 0; index < extended; index++) header->length = header->length << 8 | at[2 + index];
  return true;
}

static void note(struct partial *partial, const char *at, size_t length) {
  size_t room = MESSAGE_ENDS - partial->head_length;
  size_t taken = length < room ? length : room;
  memcpy(partial->head + partial->head_length, at, taken);
  partial->head_length += (uint8_t)taken;
  partial->length += length;
  const size_t size = sizeof partial->tail;
  if (length >= size) {
    memcpy(partial->tail, at + length - size, size);
    partial->tail_length = (uint8_t)size;
    return;
  }
  size_t kept = partial->tail_length + length > size ? size - length : partial->tail_length;
  memmove(partial->tail, partial->tail + partial->tail_length - kept, kept);
  memcpy(partial->tail + kept, at, length);
  partial->tail_length = (uint8_t)(kept + length);
}

static bool finish(struct partial *partial, frame_handler handler, void *context) {
  struct message message = {
      .opcode = partial->opcode, .is_compressed = partial->is_compressed, .at = partial->head,
      .available = partial->head_length, .length = partial->length, .tail = partial->tail};
  partial->is_open = false;
  return handler(context, &message);
}

static const char *begin(struct partial *partial, const struct header *header) {
  if (header->opcode != CONTINUATION) {
    if (partial->is_open) return "a new message within a fragmented one";
    partial->opcode = header->opcode;
    partial->is_compressed = header->is_compressed;
    partial->length = 0;
    partial->head_length = partial->tail_length = 0;
    partial->is_open = true;
  } else if (!partial->is_open) {
    return "a continuation of nothing";
  }
  partial->is_last = header->is_last;
  partial->left = header->length;
  return NULL;
}

size_t read_frames(struct partial *partial, const char *at, size_t length, frame_handler handler, void *context,
                   const char **error) {
  const char *start = at, *end = at + length;
  *error = NULL;
  while (at < end) {
    if (partial->left > 0) {
      size_t available = (size_t)(end - at);
      size_t taken = available < partial->left ? available : (size_t)partial->left;
      note(partial, at, taken);
      at += taken;
      partial->left -= taken;
      if (partial->left == 0 && partial->is_last && !finish(partial, handler, context)) break;
      continue;
    }
    struct header header;
    if (!read_header((const uint8_t *)at, (size_t)(end - at), &header, error) || *error != NULL) break;
    bool is_here = header.header_length + header.length <= (size_t)(end - at);
    bool is_control = header.opcode >= CLOSE;
    bool is_whole = header.is_last && header.opcode != CONTINUATION;
    if (is_here && (is_control || (is_whole && !partial->is_open))) {
      struct message message = {.opcode = header.opcode, .is_compressed = header.is_compressed,
                                .at = at + header.header_length, .available = (size_t)header.length,
                                .length = (size_t)header.length};
      at += header.header_length + header.length;
      if (!handler(context, &message)) break;
      continue;
    }
    if (is_control || (is_whole && header.header_length + header.length <= MAX_WHOLE_FRAME)) {
      if (is_control && header.length > 125) *error = "a long control frame";
      break;
    }
    if ((*error = begin(partial, &header)) != NULL) break;
    at += header.header_length;
    if (header.length == 0 && header.is_last && !finish(partial, handler, context)) break;
  }
  return (size_t)(at - start);
}
