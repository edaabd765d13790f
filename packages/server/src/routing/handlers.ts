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
> = {
  /** Whether a session may receive the room. Also required for its history, presence and calls. */
  readonly canSubscribe?: (context: HandlerContext<T, P, I>) => Verdict
  readonly canPublish?: PublishPolicy<T, P, I>
} & (keyof CallsOf<ChannelOf<T, P>> extends never
  ? { readonly calls?: never }
  : { readonly calls: CallHandlers<T, P, I> })
