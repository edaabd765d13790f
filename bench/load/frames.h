// WebSocket frames (RFC 6455) from a client's side: many are read from one buffer, masked ones are written.
#ifndef FRAMES_H
#define FRAMES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum opcode { CONTINUATION = 0, TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10 };

#define MAX_CLIENT_HEADER 14
#define MESSAGE_ENDS 64

// Frames up to this size are kept until they are whole; of longer ones, and of fragments, only the ends are.
#define MAX_WHOLE_FRAME (64 * 1024)

struct message {
  uint8_t opcode;
  bool is_compressed;   // RSV1 was set
  const char *at;       // the whole message, or its first bytes
  size_t available;     // how many bytes are at `at`
  size_t length;        // of the whole message, over all fragments
  const char *tail;     // the last bytes, at most 16, when it is not whole
};

// Where a connection is within a message that does not arrive in one piece.
struct partial {
  uint64_t left;  // of the payload of the frame that is being read
  size_t length;  // of the message so far
  uint8_t opcode;
  bool is_compressed, is_last, is_open;
  uint8_t head_length, tail_length;
  char head[MESSAGE_ENDS];
  char tail[16];
};

// Gets messages and control frames; returns false to stop reading.
typedef bool (*frame_handler)(void *context, const struct message *message);

// Reads frames until the bytes run out or the handler stops. Returns how many bytes are used up; the others come again in front
// of the next ones. NULL in `*error`, or how the server broke the protocol.
size_t read_frames(struct partial *partial, const char *at, size_t length, frame_handler handler, void *context,
                   const char **error);

// Writes the header of a masked final frame, and masks a payload where it is. Returns the length of the header.
size_t put_client_header(char *out, uint8_t opcode, size_t length, uint32_t key);
void mask(char *at, size_t length, uint32_t key);

// The length of that header.
size_t client_header_length(size_t length);

// Pseudo-random numbers (xorshift64*).
uint64_t next_random(void);

#endif
