// What the workloads need of the load generator and of a server that runs: their side of the harness.
import type { Dialect } from '../peers/dialect.ts'

/** Opens connections to servers. */
export interface Generator {
  /** @throws {Error} with what the server answered, if a connection does not get there. */
  open(crowd: GroupOptions): Promise<Group>
}

/** Which connections to open, and to whom. */
export interface GroupOptions {
  readonly port: number
  /** The process whose CPU time windows report. */
  readonly pid: number
  readonly connections: number
  /** Connection c is in room c % rooms. */
  readonly rooms: number
  readonly dialect: Dialect
}

/** How long a window lasts, and what is sent in it. */
export interface WindowOptions {
  readonly seconds: number
  readonly warmUpSeconds: number
}

/** What one publisher publishes to room 0. */
export type FanoutOptions = WindowOptions & {
  readonly payloadBytes: number
  /** JSON is compressible as such messages are; text is random. @default 'text' */
  readonly payload?: 'text' | 'json'
  /** Whether payloads carry the time and windows its distribution. @default false */
  readonly latency?: boolean
} & Pace

/** Paced: bursts at a rate. Saturated: so many publishes are always on their way. */
export type Pace =
  | { readonly mode: 'paced'; readonly publishesPerSecond: number; readonly burst: number }
  | { readonly mode: 'saturated'; readonly outstanding: number }

/** What everyone publishes to their own room. In lock-step, the next goes out when the last has come back. */
export type EveryoneOptions = WindowOptions & { readonly payloadBytes: number } & (
    { readonly mode: 'paced'; readonly publishesPerSecond: number } | { readonly mode: 'lockStep' }
  )

/** The connections to one server. */
export interface Group {
  fanout(options: FanoutOptions): Promise<Window>
  everyone(options: EveryoneOptions): Promise<Window>
  /** Every connection has `depth` messages on their way and back. */
  echo(options: WindowOptions & { readonly depth: number; readonly payloadBytes: number }): Promise<Window>
  /** Connects, says hello and disconnects, `inFlight` at a time. */
  handshakes(options: WindowOptions & { readonly inFlight: number }): Promise<Handshakes>
  /** Cuts all connections, publishes to each room meanwhile, and brings all back at once. */
  storm(options: { readonly missedPerRoom: number }): Promise<Storm>
  idle(options: WindowOptions): Promise<Cost>
  close(): Promise<void>
}

/** What a window cost. */
export interface Cost {
  readonly seconds: number
  /** CPU time of all threads of the server in the window. */
  readonly serverCpuNs: number
  /** The part of the window in which the load generator was busy, from 0 to 1. */
  readonly generatorShare: number
}

/** What happened in a window. */
export interface Window extends Cost {
  readonly publishes: number
  readonly deliveries: number
  /** Publishes times the members of their rooms. */
  readonly expectedDeliveries: number
  /** Everything received, headers of frames and acknowledgements included. */
  readonly bytes: number
  /** If it was asked for. */
  readonly latency?: {
    readonly p50Ns: number
    readonly p99Ns: number
    readonly p999Ns: number
    readonly maxNs: number
  }
}

export interface Handshakes extends Cost {
  readonly completed: number
}

export interface Storm extends Cost {
  /** Connections whose server said that nothing is missing, and that received everything. */
  readonly recovered: number
}

/** A server under test that runs. */
export interface Subject extends AsyncDisposable {
  readonly port: number
  readonly pid: number
  /** Resident memory after garbage collection. */
  residentBytes(): Promise<number>
  /** Collects garbage; says how long the event loop kept events waiting since the last time, if the subject measures it. */
  collectGarbage(): Promise<{ readonly loopDelay?: { readonly p99Ms: number; readonly maxMs: number } }>
}

/** Starts the program of a subject. @throws {Error} with what it printed, if it ends instead of listening. */
export type StartSubject = (name: string, command: readonly string[]) => Promise<Subject>
