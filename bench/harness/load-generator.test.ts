// The load generator against servers: that what it counts is what they do, and that it notices what they should not do.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createWebSocketServer, type WebSocketConnection } from '@roomcast/server/websocket'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rawDialect, roomcastDialect } from '../peers/dialects.ts'
import { buildLoadGenerator } from './build-load-generator.ts'
import type { Dialect } from './dialect.ts'
import { LoadGenerator, LoadGeneratorError, type Group } from './load-generator.ts'
import { RunningSubject } from './subject.ts'

const CONNECTIONS = 20
const SHORT = { seconds: 0.2, warmUpSeconds: 0.05 }
const PAYLOAD = { payloadBytes: 128 }
const raw = (use: 'room' | 'echo' | 'idle') => rawDialect({ use, deflate: 'none' })

let generator: LoadGenerator

/** Our servers from their sources, as they are measured but for the build. */
const startSubject = (file: string, ...flags: string[]) =>
  RunningSubject.start({
    name: file,
    command: process.execPath,
    args: [
      ...['--expose-gc', '--conditions=@roomcast/source', '--import', 'tsx'],
      join(import.meta.dirname, '../subjects', file),
      ...flags,
    ],
  })

beforeAll(async () => {
  generator = await LoadGenerator.start(buildLoadGenerator())
})

afterAll(() => generator[Symbol.asyncDispose]())

const openAt = (port: number, pid: number, dialect: Dialect, rooms = 1) =>
  generator.open({ port, pid, connections: CONNECTIONS, rooms, dialect })

describe('with our bare stack', () => {
  let subject: RunningSubject

  beforeAll(async () => {
    subject = await startSubject('roomcast-bare.mjs', '--loop-delay')
  })

  afterAll(() => subject[Symbol.asyncDispose]())

  const open = (use: 'room' | 'echo' | 'idle', rooms = 1) =>
    openAt(subject.port, subject.pid, raw(use), rooms)

  it('counts as many deliveries as publishes times members, and what they cost the server', async () => {
    const group = await open('room')
    const singles = await group.fanout({ mode: 'paced', publishesPerSecond: 100, ...PAYLOAD, ...SHORT })
    expect(singles.publishes).toBe(20)
    expect(singles.deliveries + singles.lateDeliveries).toBe(20 * CONNECTIONS)
    expect(singles.expectedDeliveries).toBe(20 * CONNECTIONS)
    expect(singles.lostDeliveries).toBe(0)
    expect(singles.bytes).toBeGreaterThan(singles.deliveries * 128)
    expect(singles.serverCpuNs).toBeGreaterThan(0)
    expect(singles.seconds).toBeGreaterThanOrEqual(SHORT.seconds)
    const bursts = await group.fanout({
      ...{ mode: 'paced', publishesPerSecond: 200, burst: 10, ...PAYLOAD, ...SHORT },
    })
    expect(bursts.publishes).toBe(40)
    expect(bursts.lostDeliveries).toBe(0)
    await group.close()
  })

  it('saturates the server, and loses nothing', async () => {
    const group = await open('room')
    const window = await group.fanout({ mode: 'saturated', outstanding: 40, ...PAYLOAD, ...SHORT })
    expect(window.publishes).toBeGreaterThan(40)
    expect(window.lostDeliveries).toBe(0)
    // Those under way when a window begins and ends are at most so many.
    expect(Math.abs(window.deliveries - window.expectedDeliveries)).toBeLessThanOrEqual(41 * CONNECTIONS)
    await group.close()
  })

  it('measures how long deliveries take', async () => {
    const group = await open('room')
    const window = await group.fanout({
      ...{ mode: 'paced', publishesPerSecond: 100, latency: true, ...PAYLOAD, ...SHORT },
    })
    const { p50Ns = 0, p99Ns = 0, p999Ns = 0, maxNs = 0 } = window.latency ?? {}
    expect(p50Ns).toBeGreaterThan(1_000)
    expect([p50Ns, p99Ns, p999Ns, maxNs]).toEqual([p50Ns, p99Ns, p999Ns, maxNs].sort((a, b) => a - b))
    expect(maxNs).toBeLessThan(5e9)
    await group.close()
  })

  it('lets everyone publish to their own room: paced, in lock-step, once', async () => {
    const group = await open('room', 4)
    const paced = await group.everyone({ mode: 'paced', publishesPerSecond: 500, ...PAYLOAD, ...SHORT })
    expect(paced.publishes).toBe(100)
    expect(paced.deliveries + paced.lateDeliveries).toBe(100 * 5)
    const lockStep = await group.everyone({ mode: 'lockStep', ...PAYLOAD, ...SHORT })
    expect(lockStep.publishes).toBeGreaterThan(CONNECTIONS)
    expect(lockStep.lostDeliveries).toBe(0)
    const once = await group.everyone({ mode: 'once', ...PAYLOAD, ...SHORT })
    expect(once).toMatchObject({ publishes: CONNECTIONS, deliveries: CONNECTIONS * 5 })
    await group.close()
  })

  it.each([
    [64, 128],
    [1, 128],
    [4, 16 * 1024],
    [1, 1024 * 1024],
  ])('gets echoes back: %i outstanding of %i bytes', async (depth, payloadBytes) => {
    const group = await open('echo')
    const window = await group.echo({ depth, payloadBytes, ...SHORT })
    expect(window.deliveries).toBeGreaterThan(0)
    expect(window.lostDeliveries).toBe(0)
    await group.close()
  })

  it('counts handshakes, and waits without sending anything', async () => {
    const options = { port: subject.port, pid: subject.pid, connections: 0, rooms: 1, dialect: raw('idle') }
    const group = await generator.open(options)
    expect((await group.handshakes({ inFlight: 4, ...SHORT })).completed).toBeGreaterThan(4)
    expect((await group.idle(SHORT)).bytes).toBe(0)
    await group.close()
  })

  it('tells what the subject weighs, and how long its loop was delayed', async () => {
    expect(await subject.residentBytes()).toBeGreaterThan(10 * 1024 * 1024)
    const { gc, loopDelay } = await subject.collectGarbage()
    expect(gc).toBe(true)
    expect(loopDelay?.maxMs).toBeGreaterThanOrEqual(loopDelay?.p50Ms ?? Number.NaN)
  })
})

describe('with everything on', () => {
  it('hears acknowledgements, which are no deliveries, and gets back everything that was missed in a storm', async () => {
    await using subject = await startSubject('roomcast-full.mjs')
    const dialect = roomcastDialect({ use: 'room', deflate: 'none' })
    const group = await openAt(subject.port, subject.pid, dialect, 2)
    const window = await group.everyone({ mode: 'once', ...PAYLOAD, ...SHORT })
    expect(window).toMatchObject({ publishes: CONNECTIONS, deliveries: (CONNECTIONS * CONNECTIONS) / 2 })
    const storm = await group.storm({ missedPerRoom: 3 })
    expect(storm).toMatchObject({ back: CONNECTIONS, recovered: CONNECTIONS, replayed: CONNECTIONS * 3 })
    const after = await group.fanout({ mode: 'paced', publishesPerSecond: 100, ...PAYLOAD, ...SHORT })
    expect(after.acks).toBeGreaterThan(0)
    expect(after.deliveries + after.lateDeliveries).toBe((after.publishes * CONNECTIONS) / 2)
  })
})

describe('with a server that does what it should not', () => {
  const servers: Server[] = []

  afterAll(() => {
    for (const server of servers) server.closeAllConnections()
    for (const server of servers) server.close()
  })

  async function listen(onMessage?: (connection: WebSocketConnection, data: Uint8Array) => void) {
    const server = createServer((_, response) => response.writeHead(404).end())
    servers.push(server)
    if (onMessage !== undefined) {
      createWebSocketServer({
        limits: { maxMessageBytes: 2 * 1024 * 1024 },
        connection: (connection) =>
          connection.setHandlers({
            message: (data) => onMessage(connection, Buffer.from(data)),
            close: () => {},
          }),
      }).attach(server, { path: '*' })
    }
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  }

  const openEcho = async (onMessage: (connection: WebSocketConnection, data: Uint8Array) => void) =>
    openAt(await listen(onMessage), process.pid, raw('echo'))

  const echo = (group: Group, payloadBytes: number) => group.echo({ depth: 1, payloadBytes, seconds: 0.5 })

  it.each([
    [128, 100],
    [16 * 1024, 16 * 1024 - 1],
    [1024 * 1024, 3],
    [1024 * 1024, 1024 * 1024 - 3],
  ])('finds the one changed byte in an echo of %i bytes, at %i', async (payloadBytes, at) => {
    let echoes = 0
    const group = await openEcho((connection, data) => {
      if (++echoes === CONNECTIONS + 5) data[at] = (data[at] ?? 0) ^ 1
      connection.send(data)
    })
    await expect(echo(group, payloadBytes)).rejects.toThrow(`An echo of ${payloadBytes} bytes differs`)
    await group.close()
  })

  it('finds an echo that is shorter than what was sent', async () => {
    const group = await openEcho((connection, data) => connection.send(data.subarray(1)))
    await expect(echo(group, 128)).rejects.toThrow('An echo of 127 bytes differs')
    await group.close()
  })

  it('finds deliveries that differ from what was published', async () => {
    const members = new Set<WebSocketConnection>()
    const port = await listen((connection, data) => {
      members.add(connection)
      const last = data.length - 1
      data[last] = (data[last] ?? 0) ^ 1
      for (const member of members) member.send(data)
    })
    // Members say something first, which makes them members.
    const dialect = { ...raw('room'), hello: [{ send: 'join' }], publisherHello: [] }
    const group = await openAt(port, process.pid, dialect)
    const fanout = group.fanout({ mode: 'paced', publishesPerSecond: 500, ...PAYLOAD, ...SHORT })
    await expect(fanout).rejects.toThrow('A delivery of 128 bytes differs')
    await group.close()
  })

  it('says what the server answered when it does not let anybody in', async () => {
    const port = await listen()
    await expect(openAt(port, process.pid, raw('echo'))).rejects.toThrow(LoadGeneratorError)
    await expect(openAt(port, process.pid, raw('echo'))).rejects.toThrow('HTTP/1.1 404 Not Found')
  })

  it('says with which code the server closed a connection', async () => {
    const group = await openEcho((connection) => connection.close(4001, 'go away'))
    await expect(echo(group, 128)).rejects.toThrow('with code 4001 go away')
    await group.close()
  })
})
