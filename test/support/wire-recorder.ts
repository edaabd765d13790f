// A transport over undici's WebSocket that notes what became of each publish on the wire.
import type { ClientTransport } from '@roomcast/client'
import type { ClientMessage, ServerMessage } from '@roomcast/protocol/wire'
import { WebSocket } from 'undici'
import type { Place, PublishRecord } from './continuity.ts'

interface Sent {
  readonly id: string
  transmissions: number
  losses: number
  acknowledged?: Place
}

/** Notes the publishes of one client, which must use the JSON codec. */
export class WireRecorder {
  readonly #userId: string
  readonly #sent = new Map<string, Sent>()

  constructor(userId: string) {
    this.#userId = userId
  }

  get publishes(): readonly PublishRecord[] {
    return [...this.#sent.values()].map((sent) => ({ userId: this.#userId, ...sent }))
  }

  /** For `createClient`. */
  readonly transport: ClientTransport = (url, protocols, handlers) => {
    /** Publishes that wait for their answer on this connection, by the id of the command. */
    const waiting = new Map<number, Sent>()
    const socket = new WebSocket(url, [...protocols])
    socket.addEventListener('open', () => handlers.open(socket.protocol))
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(data as string) as ServerMessage
      if (message.type === 'reply' || message.type === 'error') {
        const sent = waiting.get(message.id)
        waiting.delete(message.id)
        if (sent && message.type === 'reply' && 'position' in message.result) {
          const { epoch, offset } = message.result.position
          sent.acknowledged = { epoch, offset }
        }
      }
      handlers.message(data as string)
    })
    socket.addEventListener('close', ({ code, reason }) => {
      for (const sent of waiting.values()) sent.losses++
      handlers.close(code, reason)
    })
    return {
      send: (payload) => {
        if (socket.readyState !== WebSocket.OPEN) return
        const message = JSON.parse(payload as string) as ClientMessage
        if (message.type === 'publish') waiting.set(message.id, this.#note(message.publishId))
        socket.send(payload)
      },
      close: (code, reason) => socket.close(code, reason),
      get bufferedBytes() {
        return socket.bufferedAmount
      },
    }
  }

  #note(id: string): Sent {
    const sent = this.#sent.get(id) ?? { id, transmissions: 0, losses: 0 }
    sent.transmissions++
    this.#sent.set(id, sent)
    return sent
  }
}
