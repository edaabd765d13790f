// What a session costs: CPU time per publish, stage by stage, and bytes of heap per idle session with one subscription.
//   pnpm build && node --expose-gc --import tsx bench/micro/session.ts
// On what is built and not on the sources, because tsx defines a name on every closure when it is made: some 250 bytes and
// a quarter of a microsecond each, which no application pays.
import { defineContract, parseCommand } from '@roomcast/protocol'
import { msgpackCodec } from '@roomcast/protocol/msgpack'
import { jsonCodec, type Payload, type SplicingCodec } from '@roomcast/protocol/wire'
import {
  createRoomcast,
  type OutgoingMessage,
  type Roomcast,
  type Transport,
  type TransportHandlers,
} from '@roomcast/server'
import { safeParse, z } from 'zod'

const ROOMS = 100
const MEMBERS = 10
const ROUNDS = 7
const TURNS_PER_ROUND = 30

const contract = defineContract({
  version: 1,
  channels: {
    'chat:{roomId}': {
      events: { message: z.object({ text: z.string().max(1000), at: z.number() }) },
      history: { maxItems: 100, ttlMs: 60_000 },
    },
  },
})

const REQUEST = { url: '/realtime', headers: {}, remoteAddress: undefined }

/** A transport that drops what it is sent, so that nothing is measured but the session and what is below it in the server. */
class Sink implements Transport {
  readonly codec: SplicingCodec
  readonly remoteAddress = undefined
  readonly bufferedBytes = 0
  readonly grouping = SINKS
  handlers!: TransportHandlers

  constructor(codec: SplicingCodec) {
    this.codec = codec
  }

  start(handlers: TransportHandlers): void {
    this.handlers = handlers
  }

  send(_message: OutgoingMessage): void {}

  pause(): void {}

  resume(): void {}

  close(): void {}
}

const SINKS = {
  createGroup: () => {
    let size = 0
    return {
      get size(): number {
        return size
      },
      add: (): void => void size++,
      delete: (): void => void size--,
      send: (_message: OutgoingMessage): void => {},
    }
  },
}

function createServer(): Roomcast<typeof contract> {
  const roomcast = createRoomcast({
    contract,
    authenticate: ({ token }) => ({ userId: token ?? 'nobody' }),
    limits: { commandRate: { perSecond: 1e9, burst: 1e9 } },
    logger: { debug() {}, info() {}, warn() {}, error: console.error },
  })
  roomcast.channel('chat:{roomId}', { canSubscribe: () => true, canPublish: { message: () => true } })
  return roomcast
}

async function openSessions(
  roomcast: Roomcast<typeof contract>,
  count: number,
  membersPerRoom: number,
  codec: SplicingCodec,
): Promise<Sink[]> {
  const sinks: Sink[] = []
  for (let index = 0; index < count; index++) {
    const sink = new Sink(codec)
    roomcast.accept(sink, REQUEST)
    sink.handlers.message(codec.encode({ type: 'connect', id: 1, token: `user${index}` }))
    sinks.push(sink)
  }
  await turns(3)
  for (const [index, sink] of sinks.entries())
    sink.handlers.message(codec.encode(subscribeTo(index, membersPerRoom)))
  await turns(3)
  return sinks
}

const roomOf = (index: number, members: number): string => `chat:${Math.floor(index / members)}`

const subscribeTo = (index: number, members: number): object => ({
  type: 'subscribe',
  id: 2,
  room: roomOf(index, members),
})

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

let publishes = 0

const command = (room: string): object => ({
  type: 'publish',
  id: ++publishes + 2,
  room,
  event: 'message',
  publishId: `publish-${publishes.toString(36).padStart(14, '0')}`,
  data: { text: 'x'.repeat(80), at: 1_700_000_000_000 + publishes },
})

const cpuMicros = (): number => {
  const { user, system } = process.cpuUsage()
  return user + system
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!

/** CPU time of one call of `work`, in microseconds: the median of some rounds after one that warms up. */
async function measure(perRound: number, work: (index: number) => void): Promise<number> {
  const costs: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const before = cpuMicros()
    for (let index = 0; index < perRound; index++) work(index)
    await turns(1)
    costs.push((cpuMicros() - before) / perRound)
  }
  return median(costs.slice(1))
}

function printCost(name: string, micros: number): void {
  process.stdout.write(`${name.padEnd(44)} ${micros.toFixed(2).padStart(8)} µs\n`)
}

async function printStages(codec: SplicingCodec): Promise<void> {
  const inputs = Array.from({ length: 10_000 }, (_, index) => command(roomOf(index, MEMBERS)))
  const payloads = inputs.map((input) => codec.encode(input))
  const values = payloads.map((payload) => codec.decode(payload))
  const schema = contract.channels['chat:{roomId}'].events.message
  const data = values.map((value) => (value as { data: unknown }).data)
  const count = inputs.length
  printCost(`${codec.name}: decode`, await measure(count, (i) => codec.decode(payloads[i]!)))
  printCost(`${codec.name}: parse the command`, await measure(count, (i) => parseCommand(values[i])))
  printCost(`${codec.name}: validate the data`, await measure(count, (i) => safeParse(schema, data[i])))
  printCost(`${codec.name}: data to JSON`, await measure(count, (i) => JSON.stringify(data[i])))
}

/** Everything that a publish costs but for the sockets: sessions of rooms of ten, where everyone publishes in every turn. */
async function printPublish(codec: SplicingCodec): Promise<void> {
  const roomcast = createServer()
  const sinks = await openSessions(roomcast, ROOMS * MEMBERS, MEMBERS, codec)
  const costs: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const batches: Payload[][] = Array.from({ length: TURNS_PER_ROUND }, () =>
      sinks.map((_, index) => codec.encode(command(roomOf(index, MEMBERS)))),
    )
    const before = cpuMicros()
    for (const batch of batches) {
      for (const [index, payload] of batch.entries()) sinks[index]!.handlers.message(payload)
      await turns(1)
    }
    costs.push((cpuMicros() - before) / (TURNS_PER_ROUND * sinks.length))
  }
  await roomcast.close()
  printCost(`${codec.name}: one publish, all stages, no sockets`, median(costs.slice(1)))
}

async function printMemory(): Promise<void> {
  const { gc } = globalThis
  if (!gc) return void process.stdout.write('Heap per session: run with --expose-gc.\n')
  const roomcast = createServer()
  const count = 10_000
  await openSessions(roomcast, 100, 10, jsonCodec)
  const before = await settledHeap(gc)
  const sinks = await openSessions(roomcast, count, 10, jsonCodec)
  const bytes = (await settledHeap(gc)) - before
  process.stdout.write(
    `heap per idle session with one subscription   ${Math.round(bytes / sinks.length)} bytes\n`,
  )
  await roomcast.close()
}

async function settledHeap(gc: () => unknown): Promise<number> {
  for (let pass = 0; pass < 3; pass++) {
    await turns(2)
    gc()
  }
  return process.memoryUsage().heapUsed
}

await printMemory()
for (const codec of [jsonCodec, msgpackCodec]) {
  await printStages(codec)
  await printPublish(codec)
}
