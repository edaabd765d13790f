import type { ResultOf } from '@roomcast/protocol/wire'
import { describe, expect, it } from 'vitest'
import type { AnyContext } from '../../routing/authorizer.ts'
import { defer } from '../../testing/deferred.ts'
import type { TestClient } from '../../testing/test-client.ts'
import { TestInstance } from '../../testing/test-instance.ts'

type Fail = (code: string, data: unknown) => never

const call = (
  client: TestClient,
  name = 'rename',
  data: unknown = { title: 'x' },
): Promise<ResultOf['call']> => client.request({ type: 'call', room: 'chat:1', call: name, data })

/** An instance whose `rename` is answered by `handler`. */
const answering = (handler: (context: AnyContext) => unknown): TestInstance =>
  new TestInstance({ chat: { calls: { rename: handler } } })

describe('call', () => {
  it('is answered with what the handler returns, as the contract has it', async () => {
    const client = await answering(() => ({ ok: true, secret: 1 })).connect()
    expect(await call(client)).toEqual({ data: { ok: true } })
  })

  it('gives the handler the parsed input, the room and who calls', async () => {
    const seen: AnyContext[] = []
    const client = await answering((context) => ({ ok: seen.push(context) > 0 })).connect()
    await call(client, 'rename', { title: 'new', extra: 1 })
    expect(seen).toMatchObject([
      {
        input: { title: 'new' },
        params: { roomId: '1' },
        room: { name: 'chat:1' },
        session: { userId: 'ada' },
      },
    ])
    expect(seen[0]?.input).not.toHaveProperty('extra')
  })

  it('is answered with null when the contract declares no output, whatever the handler returns', async () => {
    const client = await new TestInstance({ chat: { calls: { touch: () => 'ignored' } } }).connect()
    expect(await call(client, 'touch', undefined)).toEqual({ data: null })
  })

  it('runs calls side by side', async () => {
    const gate = defer<{ ok: boolean }>()
    const client = await answering(({ input }) =>
      (input as { title: string }).title === 'slow' ? gate.promise : { ok: true },
    ).connect()
    const slow = call(client, 'rename', { title: 'slow' })
    await call(client)
    gate.resolve({ ok: false })
    expect(await slow).toEqual({ data: { ok: false } })
  })

  it.each(['nope', 'message', '__proto__', 'toString'])(
    'is refused for %s, which is no call',
    async (name) => {
      await expect(call(await new TestInstance().connect(), name)).rejects.toMatchObject({
        code: 'unknownCall',
      })
    },
  )

  it('is refused when the contract declares it and the server does not answer it', async () => {
    const client = await new TestInstance({ chat: { calls: {} } }).connect()
    await expect(call(client)).rejects.toMatchObject({ code: 'unknownCall' })
  })

  it('is forbidden for who may not subscribe, before its input is looked at', async () => {
    const client = await new TestInstance({ chat: { canSubscribe: () => false } }).connect()
    await expect(call(client, 'rename', 5)).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('is refused for input that the contract does not allow', async () => {
    let isCalled = false
    const client = await answering(() => ({ ok: (isCalled = true) })).connect()
    await expect(call(client, 'rename', { title: 5 })).rejects.toMatchObject({
      code: 'invalidData',
      data: { issues: [{ path: ['title'] }] },
    })
    expect(isCalled).toBe(false)
  })

  it('fails with an error that the contract declares, and its data', async () => {
    const client = await answering(({ fail }) => (fail as Fail)('taken', { by: 'bob', secret: 1 })).connect()
    const error: unknown = await call(client).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'taken', temporary: false })
    expect(error).toHaveProperty('data', { by: 'bob' })
  })

  it.each<[string, (context: AnyContext) => unknown]>([
    ['rejects', () => Promise.reject(new Error('secret detail'))],
    [
      'throws something that is no error',
      () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- what JavaScript allows
        throw 'secret detail'
      },
    ],
    ['returns what the contract does not allow', () => ({ ok: 'secret detail' })],
    ['returns nothing', () => undefined],
    ['fails with an error that is not declared', ({ fail }) => (fail as Fail)('secret', {})],
    ['fails with an inherited name', ({ fail }) => (fail as Fail)('toString', {})],
    ['fails with data that is not declared', ({ fail }) => (fail as Fail)('taken', { by: 5 })],
  ])('is answered with internal and logged when the handler %s', async (_name, handler) => {
    const instance = answering(handler)
    const error: unknown = await call(await instance.connect()).catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      code: 'internal',
      message: 'The server failed while it handled the command.',
      data: undefined,
    })
    expect(instance.logger.entries).toMatchObject([
      { level: 'error', message: 'a command failed', fields: { command: 'call' } },
    ])
  })
})
