// What a client may ask of a server. Every command but `signal` carries an id and gets exactly one answer.
import type { Position } from '../position.ts'

/** Opens the session; the first message on every connection. */
export interface ConnectCommand {
  readonly type: 'connect'
  readonly id: number
  /** What `authenticate` judges. Never put into the URL. */
  readonly token?: string
  /** The version of the contract that the client was built with. */
  readonly version?: number
  /** Continues the client of an earlier connection. */
  readonly resume?: ResumeProof
}

/** Proves that a new connection belongs to the client of an earlier one. */
export interface ResumeProof {
  readonly clientId: string
  readonly secret: string
}

/** Begins to receive a room. */
export interface SubscribeCommand {
  readonly type: 'subscribe'
  readonly id: number
  readonly room: string
  /** Replay what was published since this position. */
  readonly recover?: Position
  /** Without `recover`, or if that cannot be done: replay the last `rewind` publications. */
  readonly rewind?: number
}

/** Ends a subscription. */
export interface UnsubscribeCommand {
  readonly type: 'unsubscribe'
  readonly id: number
  readonly room: string
}

/** Adds a publication to a room's stream. */
export interface PublishCommand {
  readonly type: 'publish'
  readonly id: number
  readonly room: string
  readonly event: string
  readonly data: unknown
  /** Chosen by the client, unguessable; a retry carries the same one and is applied once. */
  readonly publishId: string
}

/** Sends something that is neither stored nor answered. */
export interface SignalCommand {
  readonly type: 'signal'
  readonly room: string
  readonly signal: string
  readonly data: unknown
}

/** Asks the server's handler of a call. */
export interface CallCommand {
  readonly type: 'call'
  readonly id: number
  readonly room: string
  readonly call: string
  readonly data: unknown
}

/** Enters a room, or replaces the data of the entry of this client. */
export interface PresenceEnterCommand {
  readonly type: 'presenceEnter'
  readonly id: number
  readonly room: string
  readonly data: unknown
}

/** Replaces the data of the entry of this client, which must be there. */
export interface PresenceUpdateCommand {
  readonly type: 'presenceUpdate'
  readonly id: number
  readonly room: string
  readonly data: unknown
}

/** Removes the entry of this client. */
export interface PresenceLeaveCommand {
  readonly type: 'presenceLeave'
  readonly id: number
  readonly room: string
}

/** Asks for the members of a room, and for every later change. */
export interface PresenceWatchCommand {
  readonly type: 'presenceWatch'
  readonly id: number
  readonly room: string
}

/** Ends `presenceWatch`. */
export interface PresenceUnwatchCommand {
  readonly type: 'presenceUnwatch'
  readonly id: number
  readonly room: string
}

/** Asks for a sign of life, since a browser cannot see the pings of its WebSocket. */
export interface PingCommand {
  readonly type: 'ping'
  readonly id: number
}

/** Everything a client may send. */
export type Command =
  | ConnectCommand
  | SubscribeCommand
  | UnsubscribeCommand
  | PublishCommand
  | SignalCommand
  | CallCommand
  | PresenceEnterCommand
  | PresenceUpdateCommand
  | PresenceLeaveCommand
  | PresenceWatchCommand
  | PresenceUnwatchCommand
  | PingCommand

/** The commands that get an answer. */
export type AnsweredCommand = Exclude<Command, SignalCommand>

/** A command of one type. */
export type CommandOf<Type extends Command['type']> = Extract<Command, { readonly type: Type }>
