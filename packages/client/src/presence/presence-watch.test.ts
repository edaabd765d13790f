import type { Member } from '@roomcast/protocol/wire'
import { beforeEach, describe, expect, it } from 'vitest'
import { createConnectedBench, type Bench } from '../testing/fake-server.ts'
import { settled } from '../testing/fake-clock.ts'

const member = (clientId: string): Member => ({ clientId, userId: `u-${clientId}`, data: { name: clientId } })

describe('watching presence', () => {
  let bench: Bench
  let room: ReturnType<typeof open>
  let heard: string[]

  const open = () => bench.client.room('chat:{roomId}', { roomId: '1' })

  const answer = (offset: number, ...clientIds: string[]): void =>
    bench.server.reply(bench.server.take('presenceWatch'), {
      members: clientIds.map(member),
      position: { epoch: 'p1', offset },
    })

  async function watched(...clientIds: string[]) {
    const lease = room.presence.watch()
    await settled()
    answer(1, ...clientIds)
    return lease
  }

  beforeEach(async () => {
    bench = await createConnectedBench()
    room = open()
    heard = []
    room.presence.on('change', ({ kind, member }) => heard.push(`${kind} ${member.data.name}`))
  })

  it('knows the members when the promise resolves, and then each change', async () => {
    await watched('a')
    expect(room.presence.members).toEqual([member('a')])
    bench.server.pushPresence(2, { kind: 'enter', member: member('b') })
    bench.server.pushPresence(3, { kind: 'leave', clientId: 'a' })
    expect(heard).toEqual(['enter a', 'enter b', 'leave a'])
    expect(room.presence.members).toEqual([member('b')])
  })

  it('tells each kind of change by its name', async () => {
    room.presence.on('enter', ({ clientId }) => heard.push(`only enter ${clientId}`))
    room.presence.on('leave', ({ clientId }) => heard.push(`only leave ${clientId}`))
    await watched()
    bench.server.pushPresence(2, { kind: 'enter', member: member('a') })
    bench.server.pushPresence(3, { kind: 'leave', clientId: 'a' })
    expect(heard).toEqual(['enter a', 'only enter a', 'leave a', 'only leave a'])
  })

  it('keeps the members through a reconnect and tells only what has changed', async () => {
    await watched('a', 'b')
    heard.length = 0
    bench.server.close()
    expect(room.presence.members).toHaveLength(2)
    const server = await bench.next()
    server.accept()
    answer(40, 'b', 'c')
    expect(heard).toEqual(['leave a', 'enter c'])
    expect(room.presence.members).toEqual([member('b'), member('c')])
  })

  it('watches again at a hole', async () => {
    await watched('a')
    bench.server.pushPresence(5, { kind: 'enter', member: member('b') })
    expect(bench.server.types).toEqual(['presenceWatch'])
    bench.server.pushPresence(7, { kind: 'enter', member: member('d') })
    answer(6, 'a', 'b', 'c')
    expect(heard).toEqual(['enter a', 'enter b', 'enter c', 'enter d'])
  })

  it('is shared until the last lease is released, and then forgets everybody', async () => {
    const first = await watched('a')
    const second = await open().presence.watch()
    first.release()
    await bench.clock.advance(250)
    expect(bench.server.types).toEqual([])
    second.release()
    await bench.clock.advance(250)
    expect(bench.server.types).toEqual(['presenceUnwatch'])
    expect(room.presence.members).toEqual([])
    bench.server.pushPresence(2, { kind: 'enter', member: member('b') })
    expect(heard).toEqual(['enter a'])
  })

  it('does not depend on the subscription', async () => {
    await watched()
    expect(room.status).toBe('unsubscribed')
    expect(bench.server.types).toEqual([])
  })

  it('rejects when the server refuses', async () => {
    const lease = room.presence.watch()
    lease.catch(() => {})
    await settled()
    bench.server.refuse(bench.server.take('presenceWatch'), { code: 'notSupported' })
    await expect(lease).rejects.toMatchObject({ code: 'notSupported' })
  })
})
