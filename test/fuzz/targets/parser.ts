// The protocol machine, in both roles: the same events and output in whatever chunks, at most one end and that last,
// whole frames out, and never a throw.
import { protocolErrors } from '../../../packages/server/src/websocket/protocol/protocol-error.ts'
import type { ProtocolEvent } from '../../../packages/server/src/websocket/protocol/protocol-event.ts'
import { WebSocketProtocol } from '../../../packages/server/src/websocket/protocol/websocket-protocol.ts'
import { SeededRandom } from '../../simulation/random.ts'
import { ByteReader } from '../byte-reader.ts'
import { writeStream } from '../grammar/frames.ts'
import { randomBytes } from '../mutate.ts'
import { checkOutput } from '../read-frames.ts'
import { must, type Depth, type FuzzTarget } from '../target.ts'

const LIMITS = [
  { maxMessageBytes: 256 * 1024, maxFragments: 1024 },
  { maxMessageBytes: 1000, maxFragments: 3 },
  { maxMessageBytes: Infinity, maxFragments: Infinity },
  { maxMessageBytes: 0, maxFragments: 1 },
]
/** A few pongs and a Close are all that a machine owes to whatever it is sent. */
const MOST_OWED_BYTES = 17 * (125 + 6)

/** How a machine is made for an input. */
interface Setup {
  readonly isClient: boolean
  readonly allowsCompression: boolean
  readonly limits: (typeof LIMITS)[number]
}

export const parserTarget: FuzzTarget = {
  name: 'parser',

  generate(random) {
    const choices = random.int(0, 15) & (random.chance(0.6) ? 0b0011 : 0b1111)
    const shape = { isMasked: (choices & 1) === 0, allowsCompression: (choices & 2) !== 0 }
    const stream = random.chance(0.95)
      ? writeStream(random, shape).bytes
      : randomBytes(random, random.int(1, 200))
    return Buffer.concat([Buffer.of(choices), randomBytes(random, 4), stream])
  },

  execute(input) {
    const reader = new ByteReader(input)
    const choices = reader.byte()
    const seed = reader.uint32()
    const stream = reader.rest()
    const setup: Setup = {
      isClient: (choices & 1) !== 0,
      allowsCompression: (choices & 2) !== 0,
      limits: LIMITS[(choices >> 2) & 3]!,
    }
    const depths = new Set<Depth>()
    const whole = feed(setup, stream, () => Infinity, depths)
    const random = new SeededRandom(seed)
    const longest = random.pick([1, 7, 64, 2000])
    const chopped = feed(setup, stream, () => random.int(1, longest))
    must(chopped === whole, 'chunks make a difference', () => `${chopped} instead of ${whole}`)
    if (stream.length <= 64) must(feed(setup, stream, () => 1) === whole, 'single bytes make a difference')
    const inSteps = feed(setup, stream, () => random.int(1, 2000), new Set(), random.pick([1, 3]))
    must(
      inSteps === whole,
      'stopping after so many frames makes a difference',
      () => `${inSteps} instead of ${whole}`,
    )
    converse(setup, stream, random, depths)
    return [...depths]
  },
}

function create({ isClient, allowsCompression, limits }: Setup): WebSocketProtocol {
  const role = isClient ? 'client' : 'server'
  return new WebSocketProtocol({ role, limits, allowsCompression, generateMask: () => 0x01020304 })
}

/** What a machine reported, as far as it can be compared. */
class Trace {
  readonly lines: string[] = []
  readonly #kinds: string[] = []

  /** What events hold may be views of a chunk, so they are read at once. */
  add(machine: WebSocketProtocol): void {
    for (const event of machine.takeEvents()) {
      this.lines.push(describe(event))
      this.#kinds.push(depthOf(event))
    }
  }

  check(machine: WebSocketProtocol): void {
    const isEnd = (kind: string): boolean => kind === 'clean close' || kind === 'unclean close'
    const ends = this.#kinds.filter(isEnd).length
    must(ends <= 1, 'more than one end')
    must((ends === 1) === (machine.state === 'closed'), 'the state does not fit the events')
    must(ends === 0 || isEnd(this.#kinds.at(-1) ?? ''), 'something follows the end', () => this.#kinds.join())
  }

  noteDepths(depths: Set<Depth>): void {
    for (const kind of this.#kinds) depths.add(kind)
  }
}

/** What becomes of a stream if the endpoint only listens, as text. */
function feed(
  setup: Setup,
  stream: Uint8Array,
  nextSize: () => number,
  depths = new Set<Depth>(),
  maxFrames = Infinity,
): string {
  const machine = create(setup)
  const copy = Uint8Array.from(stream) // payloads are unmasked in place
  const trace = new Trace()
  for (let offset = 0; offset < copy.length;) {
    const end = Math.min(copy.length, offset + nextSize())
    machine.receive(copy.subarray(offset, end), maxFrames)
    while (machine.hasUnread) machine.receiveRest(maxFrames)
    trace.add(machine)
    offset = end
    must(
      machine.outputBytes <= MOST_OWED_BYTES,
      'output grows with input',
      () => `${machine.outputBytes} bytes`,
    )
  }
  if (machine.isMidMessage) depths.add('open message')
  machine.conclude()
  trace.add(machine)
  trace.check(machine)
  trace.noteDepths(depths)
  const output = Buffer.concat(machine.takeOutput())
  checkOutput(output, { isMasked: setup.isClient, allowsCompression: setup.allowsCompression })
  return `${trace.lines.join('')}> ${output.toString('hex')}`
}

function depthOf(event: ProtocolEvent): Depth {
  if (event.type === 'closed') return event.wasClean ? 'clean close' : 'unclean close'
  return event.type === 'message' && event.isCompressed ? 'compressed message' : event.type
}

function describe(event: ProtocolEvent): string {
  switch (event.type) {
    case 'message':
      return `message ${event.isText ? 'text' : 'binary'} ${event.isCompressed} ${textOf(event.data)}\n`
    case 'ping':
    case 'pong':
      return `${event.type} ${textOf(event.data)}\n`
    case 'ending':
      return `ending ${event.error?.code ?? ''}\n`
    case 'closed':
      return `closed ${event.wasClean} ${event.code} ${event.reason}\n`
    default:
      return event satisfies never
  }
}

/** One character per byte: fast, and equal if and only if the bytes are. */
function textOf(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1')
}

/** The same stream while the endpoint does things of its own at random moments, and is read at random. */
function converse(setup: Setup, stream: Uint8Array, random: SeededRandom, depths: Set<Depth>): void {
  const machine = create(setup)
  const copy = Uint8Array.from(stream)
  const output: Uint8Array[] = []
  const trace = new Trace()
  const take = (maxBytes?: number): void => {
    output.push(...machine.takeOutput(maxBytes))
    trace.add(machine)
  }
  const longest = random.pick([10, 100, 5000])
  for (let offset = 0; offset < copy.length;) {
    const end = Math.min(copy.length, offset + random.int(1, longest))
    // What is left of a chunk may be read later, also by the next call.
    machine.receive(copy.subarray(offset, end), random.pick([1, 2, Infinity]))
    if (random.chance(0.5)) machine.receiveRest(random.int(1, 5))
    take(0)
    offset = end
    if (random.chance(0.3)) act(machine, setup, random)
    if (random.chance(0.3)) take(random.int(0, 300))
    if (machine.state === 'closing') depths.add('closing')
    if (machine.isEnding && random.chance(0.5)) machine.conclude()
  }
  machine.receiveRest()
  machine.conclude()
  machine.receiveEof()
  take()
  must(machine.state === 'closed', 'the end of the stream is not the end')
  trace.check(machine)
  checkOutput(Buffer.concat(output), { isMasked: setup.isClient, allowsCompression: setup.allowsCompression })
}

function act(machine: WebSocketProtocol, { allowsCompression }: Setup, random: SeededRandom): void {
  switch (random.int(0, 11)) {
    case 0:
      machine.close(random.pick([undefined, 1000, 1001, 4000]), random.pick(['', 'bye', 'ü']))
      return
    case 1:
      if (random.chance(0.3)) machine.dropOutput()
      machine.fail(random.pick(Object.values(protocolErrors)))
      return
    case 2:
      machine.reject(protocolErrors.invalidCompression)
      return
    case 3:
    case 4:
      machine.sendPing(randomBytes(random, random.int(0, 125)))
      return
    default: {
      const size = random.chance(0.98) ? random.int(0, 300) : random.int(130_000, 300_000)
      const isCompressed = allowsCompression && random.chance(0.3)
      machine.sendMessage(new Uint8Array(size), { isText: random.chance(0.5), isCompressed })
    }
  }
}
