// The connections that the load generator holds to one server.
import { windowFields, type CommandFields } from './commands.ts'
import type {
  EchoOptions,
  EveryoneOptions,
  FanoutOptions,
  Handshakes,
  HandshakesOptions,
  Measured,
  Storm,
  StormOptions,
  Window,
  WindowOptions,
} from './window.ts'

const KIB = 1024

/** Who runs the commands of groups. */
export interface CommandRunner {
  command<T>(name: string, fields: CommandFields): Promise<T>
}

/**
 * Connections to one server, as `LoadGenerator.open` returns them. Every method resolves when its window is over and what was under
 * way has arrived or given up, and rejects if the server closes a connection, or changes a byte of what is checked.
 */
export class Group {
  /** How long it took to open the connections. */
  readonly openSeconds: number
  readonly #runner: CommandRunner
  readonly #id: number

  constructor(runner: CommandRunner, { id, seconds }: { id: number; seconds: number }) {
    this.#runner = runner
    this.#id = id
    this.openSeconds = seconds
  }

  /** One connection publishes to the first room. */
  fanout(options: FanoutOptions): Promise<Window> {
    const { mode, publishesPerSecond = 0, burst = 1, outstanding = 40, latency = false } = options
    if (mode === 'paced' && publishesPerSecond <= 0) throw new RangeError('Paced needs publishesPerSecond.')
    return this.#run('fanout', [
      ...windowFields(options),
      ...payloadFields(options),
      ['mode', mode],
      ['rate', publishesPerSecond],
      ['burst', burst],
      ['outstanding', outstanding],
      ['latency', latency],
    ])
  }

  /** Every connection publishes to its own room. */
  everyone(options: EveryoneOptions): Promise<Window> {
    const { mode, publishesPerSecond = 0 } = options
    if (mode === 'paced' && publishesPerSecond <= 0) throw new RangeError('Paced needs publishesPerSecond.')
    return this.#run('everyone', [
      ...windowFields(options),
      ...payloadFields(options),
      ['mode', mode],
      ['rate', publishesPerSecond],
    ])
  }

  /** Every connection gets its own binary messages back, whose bytes are compared. */
  echo(options: EchoOptions): Promise<Window> {
    const { depth, payloadBytes } = options
    const waits = options.waitsForEvents ?? (depth === 1 || payloadBytes >= 16 * KIB)
    return this.#run('echo', [
      ...windowFields(options),
      ['depth', depth],
      ['bytes', payloadBytes],
      ['waits', waits],
    ])
  }

  /** Other connections come, say their hello, and go. */
  handshakes(options: HandshakesOptions): Promise<Handshakes> {
    return this.#run('handshakes', [...windowFields(options), ['inFlight', options.inFlight]])
  }

  /** All connections are reset, the rooms go on without them, and, after `whileAway`, all come back. */
  async storm(options: StormOptions = {}): Promise<Storm> {
    const { missedPerRoom = 0, atOnce = 4000, timeoutSeconds = 60, whileAway } = options
    const part = <T>(name: 'cut' | 'return'): Promise<T> =>
      this.#run('storm', [
        ['part', name],
        ['missed', missedPerRoom],
        ['atOnce', atOnce],
        ['seconds', timeoutSeconds],
      ])
    await part('cut')
    await whileAway?.()
    return part('return')
  }

  /** Nothing but answers to pings. */
  idle(options: WindowOptions): Promise<Measured> {
    return this.#run('idle', windowFields(options))
  }

  /** Ends all connections. Nothing else may be called after it. */
  async close(): Promise<void> {
    await this.#run('close', [])
  }

  #run<T>(name: string, fields: CommandFields): Promise<T> {
    return this.#runner.command(name, [['group', this.#id], ...fields])
  }
}

const payloadFields = ({
  payloadBytes,
  payload = 'text',
}: FanoutOptions | EveryoneOptions): CommandFields => [
  ['bytes', payloadBytes],
  ['payload', payload],
]
