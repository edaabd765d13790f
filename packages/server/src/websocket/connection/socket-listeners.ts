// What a stream says, told to its connection. The functions are the same for all streams, which know their connection:
// closures of their own would cost each connection a third of a kilobyte.
import type { Duplex } from 'node:stream'

/** The connection, as its stream sees it. */
export interface StreamListener {
  readonly incoming: { receive(chunk: Uint8Array): void }
  readonly outgoing: { unblock(): void }
  streamEnded(): void
  streamFailed(error: unknown): void
  streamClosed(): void
}

const LISTENER = Symbol('roomcast.listener')

type KnowingStream = Duplex & { [LISTENER]?: StreamListener }

/** Has a connection hear everything of its stream, to its end. */
export function listenTo(socket: Duplex, listener: StreamListener): void {
  ;(socket as KnowingStream)[LISTENER] = listener
  socket.on('data', onData)
  socket.on('drain', onDrain)
  socket.on('end', onEnd)
  socket.on('error', onError)
  socket.on('close', onClose)
}

function onData(this: KnowingStream, chunk: Uint8Array): void {
  this[LISTENER]!.incoming.receive(chunk)
}

function onDrain(this: KnowingStream): void {
  this[LISTENER]!.outgoing.unblock()
}

function onEnd(this: KnowingStream): void {
  this[LISTENER]!.streamEnded()
}

function onError(this: KnowingStream, error: unknown): void {
  this[LISTENER]!.streamFailed(error)
}

function onClose(this: KnowingStream): void {
  this[LISTENER]!.streamClosed()
}
