// The unions of all messages, by direction.
import type { Command } from './command.ts'
import type { Push } from './push.ts'
import type { Answer } from './reply.ts'

/** Client → server. */
export type ClientMessage = Command

/** Server → client. */
export type ServerMessage = Answer | Push

/** Either direction. */
export type Message = ClientMessage | ServerMessage
