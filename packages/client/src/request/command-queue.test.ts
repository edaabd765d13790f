import { CLOSE_CODES, type CommandOf } from '@roomcast/protocol/wire'
import { describe, expect, it } from 'vitest'
import { at, CONNECTED, createBench, createConnectedBench, type Bench } from '../testing/fake-server.ts'
import { settled } from '../testing/fake-clock.ts'

const roomOf = ({ client }: Bench) => client.room('chat:{roomId}', { roomId: '1' })

const texts = (bench: Bench): unknown[] =>
  bench.server.received.flatMap((command) =>
    command.type === 'publish' ? [(command.data as { text: string }).text] : [],
  )

/** Publishes without waiting; the promise has a handler, so that only tests that look at it see it fail. */
function publish(bench: Bench, text: string) {
  const result = roomOf(bench).publish('message', { text })
  result.catch(() => {})
  return result
}

describe('publishing', () => {
  it('gives the place and the id of what was published', async () => {
    const bench = await createConnectedBench()
    const result = publish(bench, 'hi')
    await settled()
    const command = bench.server.take('publish')
    expect(command).toMatchObject({ room: 'chat:1', event: 'message', data: { text: 'hi' } })
    expect(command.publishId).toMatch(/^[\w-]{22}$/)
    bench.server.reply(command, { position: at(7) })
    expect(await result).toEqual({ offset: 7, id: command.publishId })
    expect(bench.clock.timerCount).toBe(2) // the heartbeat and the wait for stability
  })

  it('waits for the answer to connect, then sends in the order of the calls', async () => {
    const bench = createBench()
    void publish(bench, 'a')
    void publish(bench, 'b')
    await bench.clock.advance(5_000)
    bench.server.open()
    expect(bench.server.types).toEqual(['connect'])
    bench.server.reply(bench.server.take('connect'), CONNECTED)
    expect(texts(bench)).toEqual(['a', 'b'])
  })

  it('keeps the data as they were at the call', async () => {
    const bench = createBench()
    const data = { text: 'then' }
    roomOf(bench)
      .publish('message', data)
      .catch(() => {})
    data.text = 'now'
    await settled()
    bench.server.accept()
    expect(texts(bench)).toEqual(['then'])
  })

  it('repeats with the same id what was not answered, before anything later', async () => {
    const bench = await createConnectedBench()
    const first = publish(bench, 'a')
    await settled()
    const before = bench.server.take('publish')
    bench.server.close()
    void publish(bench, 'b')
    const server = await bench.next()
    server.accept()
    expect(texts(bench)).toEqual(['a', 'b'])
    const again = server.take('publish')
    expect(again.publishId).toBe(before.publishId)
    server.reply(again, { position: at(3) })
    expect(await first).toMatchObject({ offset: 3 })
  })

  it('does not repeat what was answered', async () => {
    const bench = await createConnectedBench()
    const result = publish(bench, 'a')
    await settled()
    bench.server.reply(bench.server.take('publish'), { position: at(1) })
    await result
    await bench.reconnect()
    expect(texts(bench)).toEqual([])
  })

  it('repeats as a new client of the same user, for the server may have lost its memory', async () => {
    const bench = await createConnectedBench()
    void publish(bench, 'a')
    await settled()
    await bench.reconnect({ clientId: 'c2' })
    expect(texts(bench)).toEqual(['a'])
  })

  it('does not repeat as another user', async () => {
    const bench = await createConnectedBench()
    const result = publish(bench, 'a')
    await settled()
    await bench.reconnect({ userId: 'grace' })
    expect(texts(bench)).toEqual([])
    await expect(result).rejects.toMatchObject({ code: 'outcomeUnknown', outcome: 'unknown' })
  })

  it('gives up when the server may have forgotten the id, counting from the first time it was sent', async () => {
    const bench = await createConnectedBench()
    const result = publish(bench, 'a')
    await bench.clock.advance(5_000)
    bench.server.close()
    let isSettled = false
    result.catch(() => (isSettled = true))
    while (bench.clock.monotonic() < 59_000) await bench.clock.advance(500)
    expect(isSettled).toBe(false)
    await bench.clock.advance(1_000)
    await expect(result).rejects.toMatchObject({ code: 'outcomeUnknown' })
  })

  it('lets what was never sent wait as long as it takes', async () => {
    const bench = createBench()
    void publish(bench, 'patient')
    await bench.clock.advance(600_000)
    bench.server.accept()
    expect(texts(bench)).toEqual(['patient'])
  })

  it('gives up what was on its way when two connections in a row broke', async () => {
    const bench = await createConnectedBench()
    const poison = publish(bench, 'poison')
    await settled()
    await bench.reconnect()
    expect(texts(bench)).toEqual(['poison'])
    void publish(bench, 'innocent')
    await bench.reconnect()
    await expect(poison).rejects.toMatchObject({ code: 'outcomeUnknown' })
    expect(texts(bench)).toEqual(['innocent'])
  })

  it('rejects with what the server refused with', async () => {
    const bench = await createConnectedBench()
    const result = publish(bench, 'a')
    await settled()
    bench.server.refuse(bench.server.take('publish'), {
      code: 'rateLimited',
      temporary: true,
      retryAfterMs: 9,
    })
    await expect(result).rejects.toMatchObject({ code: 'rateLimited', temporary: true, retryAfterMs: 9 })
  })

  it('waits for a server that is there and silent as long as it may repeat, and ignores a late answer', async () => {
    const bench = await createConnectedBench()
    const result = publish(bench, 'a')
    let isSettled = false
    result.catch(() => {}).finally(() => (isSettled = true))
    for (let elapsedMs = 0; elapsedMs < 60_000; elapsedMs += 20_000) {
      expect(isSettled).toBe(false)
      await bench.clock.advance(20_000)
      bench.server.push({ type: 'signal', room: 'elsewhere', signal: 'alive', data: null })
    }
    await expect(result).rejects.toMatchObject({ code: 'outcomeUnknown', outcome: 'unknown' })
    bench.server.reply(bench.server.take('publish'), { position: at(1) })
    await bench.reconnect()
    expect(texts(bench)).toEqual([])
  })

  it('refuses what the server would not take, and what cannot be encoded', async () => {
    const bench = await createConnectedBench()
    await expect(roomOf(bench).publish('message', { text: 'é'.repeat(500) })).rejects.toMatchObject({
      code: 'payloadTooLarge',
      outcome: 'notApplied',
    })
    const circular: { text: string; self?: unknown } = { text: '' }
    circular.self = circular
    await expect(roomOf(bench).publish('message', circular)).rejects.toMatchObject({ code: 'invalidData' })
    expect(bench.server.types).toEqual([])
  })

  it('refuses a new command when too many wait', async () => {
    const bench = createBench({ maxQueuedCommands: 2 })
    void publish(bench, 'a')
    void publish(bench, 'b')
    await expect(roomOf(bench).publish('message', { text: 'c' })).rejects.toMatchObject({ code: 'queueFull' })
    await settled()
    bench.server.accept()
    expect(texts(bench)).toEqual(['a', 'b'])
  })

  it('keeps to the number of commands that the server answers at a time', async () => {
    const bench = createBench()
    for (const text of ['a', 'b', 'c']) void publish(bench, text)
    await settled()
    bench.server.accept({ limits: { ...CONNECTED.limits, maxOutstandingCommands: 2 } })
    expect(texts(bench)).toEqual(['a', 'b'])
    bench.server.reply(bench.server.take('publish'), { position: at(1) })
    expect(texts(bench)).toEqual(['b', 'c'])
  })

  it.each(['disconnect', 'final close'])(
    'settles everything at a %s, and says what was sent',
    async (how) => {
      const bench = await createConnectedBench()
      const sent = publish(bench, 'sent')
      const call = roomOf(bench).call('clear')
      call.catch(() => {})
      await settled()
      if (how === 'disconnect') bench.client.disconnect()
      else bench.server.close(CLOSE_CODES.disconnected)
      const code = how === 'disconnect' ? 'disconnected' : 'closed'
      await expect(sent).rejects.toMatchObject({ code, outcome: 'unknown' })
      await expect(call).rejects.toMatchObject(
        how === 'disconnect' ? { code } : { code, data: { closeCode: 4506 } },
      )
      await expect(publish(bench, 'late')).rejects.toMatchObject({ code, outcome: 'notApplied' })
      expect(bench.clock.timerCount).toBe(0)
    },
  )

  it('settles what was never sent as not applied', async () => {
    const bench = createBench()
    const result = publish(bench, 'a')
    await settled()
    bench.client.disconnect()
    await expect(result).rejects.toMatchObject({ code: 'disconnected', outcome: 'notApplied' })
  })
})

describe('calling', () => {
  const rename = (bench: Bench, timeoutMs?: number) => {
    const result = roomOf(bench).call('rename', { title: 'x' }, timeoutMs === undefined ? {} : { timeoutMs })
    result.catch(() => {})
    return result
  }

  it('gives the answer', async () => {
    const bench = await createConnectedBench()
    const result = rename(bench)
    await settled()
    const command: CommandOf<'call'> = bench.server.take('call')
    expect(command).toMatchObject({ room: 'chat:1', call: 'rename', data: { title: 'x' } })
    bench.server.reply(command, { data: { ok: true } })
    expect(await result).toEqual({ ok: true })
  })

  it('is not repeated once it was sent', async () => {
    const bench = await createConnectedBench()
    const result = rename(bench)
    await settled()
    await bench.reconnect()
    await expect(result).rejects.toMatchObject({ code: 'outcomeUnknown', outcome: 'unknown' })
    expect(bench.server.types).toEqual([])
  })

  it('waits for a connection no longer than its time', async () => {
    const bench = createBench()
    const result = rename(bench, 3_000)
    await bench.clock.advance(3_000)
    await expect(result).rejects.toMatchObject({ code: 'timeout', outcome: 'notApplied' })
    bench.server.accept()
    expect(bench.server.types).toEqual([])
  })

  it('counts its time from the call, also when it is sent later', async () => {
    const bench = createBench()
    const result = rename(bench, 3_000)
    await bench.clock.advance(2_000)
    bench.server.accept()
    expect(bench.server.types).toEqual(['call'])
    await bench.clock.advance(1_000)
    await expect(result).rejects.toMatchObject({ code: 'timeout', outcome: 'unknown' })
  })
})
