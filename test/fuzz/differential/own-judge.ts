// What our protocol machine makes of a stream.
import { WebSocketProtocol } from '../../../packages/server/src/websocket/protocol/websocket-protocol.ts'
import { MAX_MESSAGE_BYTES, type Judge, type Verdict } from './verdict.ts'

export const ownJudge: Judge = {
  name: 'ours',
  judge: async (stream) => judge(stream),
  close: async () => {},
}

function judge(stream: Uint8Array): Verdict {
  const limits = { maxMessageBytes: MAX_MESSAGE_BYTES, maxFragments: Infinity }
  const machine = new WebSocketProtocol({ role: 'server', limits })
  machine.receive(Uint8Array.from(stream))
  machine.conclude()
  const messages: string[] = []
  let end = 'open'
  for (const event of machine.takeEvents()) {
    if (event.type === 'message') {
      messages.push((event.isText ? 't' : 'b') + Buffer.from(event.data).toString('hex'))
    } else if (event.type === 'closed') end = `${event.wasClean ? 'closed' : 'failed'} ${event.code}`
  }
  return { messages, end }
}
