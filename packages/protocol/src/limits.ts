// Limits that both ends must agree on. Limits of one deployment are announced in the reply to `connect`.

/** The longest name of a room, in bytes (names are ASCII). */
export const MAX_ROOM_NAME_BYTES = 255

/** The longest publish id, client id or name of an event, signal or call, in characters. */
export const MAX_ID_LENGTH = 128

/** The deepest nesting of arrays and objects in `data`. */
export const MAX_DATA_DEPTH = 64

/** The largest `offset`, and the largest id of a command: integers stay exact in every language. */
export const MAX_SAFE_NUMBER = Number.MAX_SAFE_INTEGER
