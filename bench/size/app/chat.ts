// A small chat, as an application would write it: everything in it is used, so that nothing is shaken off unfairly.
import { settle, type Client } from '@roomcast/client'
import type { AppContract } from './contract.ts'

/** Shows a room and returns what a form needs. */
export async function openChat(client: Client<AppContract>, roomId: string, show: (line: string) => void) {
  const room = client.room('chat:{roomId}', { roomId })
  room.on('message', ({ data, from }) => show(`${from?.userId}: ${data.text}`))
  room.on('typing', ({ data }) => show(data.on ? '…' : ''))
  room.onGap(({ reason }) => show(`some messages were missed: ${reason}`))
  room.presence.on('change', () => show(`${room.presence.members.length} here`))
  const lease = await room.subscribe({ rewind: 50 })
  await room.presence.enter({ name: 'Ada' })
  return {
    say: (text: string) => room.publish('message', { text }),
    typing: (on: boolean) => room.signal('typing', { on }),
    async rename(title: string) {
      const result = await settle(room.call('rename', { title }))
      if (!result.ok && result.error.code === 'taken') show(`taken by ${result.error.data.by}`)
    },
    leave: () => lease.release(),
  }
}
