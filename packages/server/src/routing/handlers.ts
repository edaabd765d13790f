// What an application says about a channel: who may do what, and how calls are answered.
import type {
  CallErrors,
  CallHandlerInput,
  CallHandlerOutput,
  CallsOf,
  ChannelOf,
  Contract,
  EventsOf,
  OutputOf,
  ParamsOutput,
  SignalsOf,
} from '@roomcast/protocol'
import type { Position } from '@roomcast/protocol/wire'
import type { ServerRoom } from './server-room.ts'

/** Who a client is, as `authenticate` found. Add whatever handlers need to know. */
export interface Identity {
  /** Stable for one user across devices and tabs. Other users can see it. */
  readonly userId: string
}

/** A session as handlers see it. */
export interface SessionInfo<I extends Identity = Identity> {
  readonly id: string
  readonly userId: string
  /** One client, stable across its reconnections. */
  readonly clientId: string
  /** What `authenticate` returned. */
  readonly identity: I
}

/** What every handler of a channel is given. */
export interface HandlerContext<
  T extends Contract,
  P extends keyof T['channels'] & string,
  I extends Identity,
> {
  readonly session: SessionInfo<I>
  /** The parameters in the room's name, parsed. */
  readonly params: ParamsOutput<T, P>
  readonly room: ServerRoom<ChannelOf<T, P>>
}

/** A verdict. Anything but `true` is a refusal. */
export type Verdict = boolean | Promise<boolean>

type Sent<C extends ChannelOf<Contract, string>> = EventsOf<C> & SignalsOf<C>

/** Whether a client may publish an event or send a signal; asked with the validated data. */
export type PublishPolicy<T extends Contract, P extends keyof T['channels'] & string, I extends Identity> = {
  readonly [Name in keyof Sent<ChannelOf<T, P>>]?: (
    context: HandlerContext<T, P, I> & { readonly data: OutputOf<Sent<ChannelOf<T, P>>[Name]> },
  ) => Verdict
}

/** Answers a call. */
export type CallHandler<T extends Contract, P extends keyof T['channels'] & string, I extends Identity, K> = (
  context: HandlerContext<T, P, I> & {
    readonly input: CallHandlerInput<K>
    /** Ends the call with an error that the contract declares. Never returns. */
    readonly fail: <Code extends keyof CallErrors<K> & string>(code: Code, data: CallErrors<K>[Code]) => never
  },
) => CallHandlerOutput<K> | Promise<CallHandlerOutput<K>>

/** What a hook about a room is given. */
export type RoomHookContext<T extends Contract, P extends keyof T['channels'] & string> = Pick<
  HandlerContext<T, P, Identity>,
  'params' | 'room'
>

type EventOutput<C extends ChannelOf<Contract, string>, Name extends keyof EventsOf<C>> = OutputOf<
  EventsOf<C>[Name]
>

/** Changes what clients publish, after it was validated and allowed. What it returns is stored and sent, and must be JSON. */
export type Transforms<T extends Contract, P extends keyof T['channels'] & string, I extends Identity> = {
  readonly [Name in keyof EventsOf<ChannelOf<T, P>>]?: (
    context: HandlerContext<T, P, I> & { readonly data: EventOutput<ChannelOf<T, P>, Name> },
  ) => EventOutput<ChannelOf<T, P>, Name> | Promise<EventOutput<ChannelOf<T, P>, Name>>
}

/** Hooks that are told what clients have published. */
export type PublishedHooks<T extends Contract, P extends keyof T['channels'] & string, I extends Identity> = {
  readonly [Name in keyof EventsOf<ChannelOf<T, P>>]?: (
    context: HandlerContext<T, P, I> & {
      readonly data: EventOutput<ChannelOf<T, P>, Name>
      readonly position: Position
    },
  ) => unknown
}

/**
 * What an application wants to know about the rooms of a channel. Hooks are told what has happened: they change nothing, nobody
 * waits for them, and an error in one is logged.
 */
export interface ChannelHooks<
  T extends Contract,
  P extends keyof T['channels'] & string,
  I extends Identity,
> {
  /** A session has subscribed, or subscribed again after its connection or a part of the stream was lost. */
  readonly onSubscribed?: (context: HandlerContext<T, P, I>) => unknown
  /** A subscription has ended, whoever ended it. */
  readonly onUnsubscribed?: (context: HandlerContext<T, P, I>) => unknown
  /** By event: a client's publish has been applied. One that is tried again is told of once. */
  readonly onPublished?: PublishedHooks<T, P, I>
  /** The first session on this instance has subscribed to a room. */
  readonly onOpened?: (context: RoomHookContext<T, P>) => unknown
  /** The last session on this instance has left a room. */
  readonly onClosed?: (context: RoomHookContext<T, P>) => unknown
}

type CallHandlers<T extends Contract, P extends keyof T['channels'] & string, I extends Identity> = {
  readonly [Name in keyof CallsOf<ChannelOf<T, P>>]: CallHandler<T, P, I, CallsOf<ChannelOf<T, P>>[Name]>
}

/**
 * The handlers of one channel. What is left out is refused.
 * A handler that throws refuses too; the error is logged and the client is told `internal`.
 */
export type ChannelHandlers<
  T extends Contract,
  P extends keyof T['channels'] & string,
  I extends Identity,
> = ChannelHooks<T, P, I> & {
  /** Whether a session may receive the room. Also required for its history, presence and calls. */
  readonly canSubscribe?: (context: HandlerContext<T, P, I>) => Verdict
  readonly canPublish?: PublishPolicy<T, P, I>
  readonly transform?: Transforms<T, P, I>
} & (keyof CallsOf<ChannelOf<T, P>> extends never
    ? { readonly calls?: never }
    : { readonly calls: CallHandlers<T, P, I> })
