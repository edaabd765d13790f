import { beforeEach, describe, expect, it } from 'vitest'
import { createBench, createConnectedBench, type Bench } from '../testing/fake-server.ts'
import { settled } from '../testing/fake-clock.ts'

describe('the own presence', () => {
  let bench: Bench
  let presence: ReturnType<typeof open>

  const open = () => bench.client.room('chat:{roomId}', { roomId: '1' }).presence

  async function entered(name = 'Ada'): Promise<void> {
    const result = presence.enter({ name })
    await settled()
    bench.server.reply(bench.server.take('presenceEnter'), {})
    await result
  }

  /** Starts a change whose failure only those tests see that look at it. */
  async function begin(change: Promise<void>): Promise<{ readonly promise: Promise<void> }> {
    change.catch(() => {})
    await settled()
    return { promise: change }
  }

  beforeEach(async () => {
    bench = await createConnectedBench()
    presence = open()
  })

  it('is entered, updated and left at once', async () => {
    await entered()
    const update = presence.update({ name: 'Ada L.' })
    await settled()
    const command = bench.server.take('presenceUpdate')
    expect(command).toMatchObject({ room: 'chat:1', data: { name: 'Ada L.' } })
    bench.server.reply(command, {})
    await update
    const leave = presence.leave()
    bench.server.reply(bench.server.take('presenceLeave'), {})
    await leave
    await bench.reconnect()
    expect(bench.server.types).toEqual([])
  })

  it('is entered again after each reconnect, as it was last', async () => {
    await entered()
    void presence.update({ name: 'new' })
    await settled()
    bench.server.reply(bench.server.take('presenceUpdate'), {})
    await bench.reconnect()
    expect(bench.server.take('presenceEnter').data).toEqual({ name: 'new' })
    await bench.reconnect()
    expect(bench.server.take('presenceEnter').data).toEqual({ name: 'new' })
  })

  it('waits for a connection, and only the last wish is sent', async () => {
    bench = createBench()
    presence = open()
    const enter = presence.enter({ name: 'a' })
    const update = presence.update({ name: 'b' })
    await settled()
    bench.server.accept()
    const command = bench.server.take('presenceEnter')
    expect(command.data).toEqual({ name: 'b' })
    expect(bench.server.types).toEqual([])
    bench.server.reply(command, {})
    await Promise.all([enter, update])
  })

  it('is asked for right behind connect, before that is answered', async () => {
    await entered()
    bench.server.close()
    const server = await bench.next()
    server.open()
    expect(server.types).toEqual(['connect', 'presenceEnter'])
  })

  it('is tried again when the connection was lost before the answer', async () => {
    const enter = presence.enter({ name: 'a' })
    await settled()
    await bench.reconnect()
    bench.server.reply(bench.server.take('presenceEnter'), {})
    await enter
  })

  it('is left after a reconnect if that was the wish meanwhile', async () => {
    await entered()
    bench.server.close()
    const leave = presence.leave()
    const server = await bench.next()
    server.accept()
    expect(server.types).toEqual(['presenceLeave'])
    server.reply(server.take('presenceLeave'), {})
    await leave
  })

  it('needs nobody to be told when there is nothing to leave', async () => {
    await presence.leave()
    expect(bench.server.types).toEqual([])
  })

  it('cannot be updated before it is entered', async () => {
    await expect(presence.update({ name: 'x' })).rejects.toMatchObject({ code: 'notEntered' })
  })

  it('is not entered again after the server refused', async () => {
    const { promise } = await begin(presence.enter({ name: 'x' }))
    bench.server.refuse(bench.server.take('presenceEnter'), { code: 'forbidden' })
    await expect(promise).rejects.toMatchObject({ code: 'forbidden' })
    await bench.reconnect()
    expect(bench.server.types).toEqual([])
  })

  it('stays as it was when an update is refused', async () => {
    await entered('before')
    const { promise } = await begin(presence.update({ name: '' }))
    bench.server.refuse(bench.server.take('presenceUpdate'), { code: 'invalidData' })
    await expect(promise).rejects.toMatchObject({ code: 'invalidData' })
    await bench.reconnect()
    expect(bench.server.take('presenceEnter').data).toEqual({ name: 'before' })
  })

  it('is entered as it was before when a wish from offline is refused', async () => {
    await entered('before')
    bench.server.close()
    const { promise } = await begin(presence.update({ name: '' }))
    ;(await bench.next()).accept()
    bench.server.refuse(bench.server.take('presenceEnter'), { code: 'invalidData' })
    await expect(promise).rejects.toMatchObject({ code: 'invalidData' })
    expect(bench.server.take('presenceEnter').data).toEqual({ name: 'before' })
  })

  it('is tried again when the server could not take it back after a reconnect', async () => {
    await entered()
    await bench.reconnect()
    bench.server.refuse(bench.server.take('presenceEnter'), { code: 'unavailable', temporary: true })
    await bench.clock.advance(500)
    expect(bench.server.types).toEqual(['presenceEnter'])
  })

  it('reports that the server did not take it back', async () => {
    const errors: unknown[] = []
    bench.client.on('error', (error) => errors.push(error))
    await entered()
    await bench.reconnect()
    bench.server.refuse(bench.server.take('presenceEnter'), { code: 'forbidden' })
    expect(errors).toMatchObject([{ code: 'forbidden' }])
    await bench.reconnect()
    expect(bench.server.types).toEqual([])
  })

  it('settles when the client stops, and is entered again with connect if it had been', async () => {
    await entered('granted')
    const { promise } = await begin(presence.update({ name: 'pending' }))
    bench.client.disconnect()
    await expect(promise).rejects.toMatchObject({ code: 'disconnected' })
    bench.client.connect()
    const server = await bench.next()
    server.accept()
    expect(server.take('presenceEnter').data).toEqual({ name: 'granted' })
  })

  it('is not brought back by the answer to an earlier enter when the leave fails', async () => {
    await entered()
    await bench.reconnect()
    const again = bench.server.take('presenceEnter')
    const { promise } = await begin(presence.leave())
    bench.server.reply(again, {})
    bench.server.refuse(bench.server.take('presenceLeave'), { code: 'notEntered' })
    await expect(promise).rejects.toMatchObject({ code: 'notEntered' })
    await bench.reconnect()
    expect(bench.server.types).not.toContain('presenceEnter')
  })

  it('can be left while the client is stopped', async () => {
    await entered()
    bench.client.disconnect()
    await presence.leave()
    bench.client.connect()
    ;(await bench.next()).accept()
    expect(bench.server.types).toEqual([])
  })
})
