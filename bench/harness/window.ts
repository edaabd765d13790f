// What the load generator can be asked to do for a while, and what it saw.

/** How long to measure. */
export interface WindowOptions {
  readonly seconds: number
  /** The same work before the window, unmeasured. @default 0 */
  readonly warmUpSeconds?: number
}

/** How payloads are made. */
export interface PayloadOptions {
  /** At least 32. */
  readonly payloadBytes: number
  /** Random letters, which nothing can compress by much, or a JSON document of records. @default 'text' */
  readonly payload?: 'text' | 'json'
}

/** One publisher and one room, the first of the group. */
export interface FanoutOptions extends WindowOptions, PayloadOptions {
  /** Whether a clock or what comes back sets the pace. */
  readonly mode: 'paced' | 'saturated'
  /** Paced: publishes per second, those of bursts included. */
  readonly publishesPerSecond?: number
  /** Paced: so many publishes leave in one write. @default 1 */
  readonly burst?: number
  /** Saturated: so many publishes are under way, counted by what all members have received together. @default 40 */
  readonly outstanding?: number
  /**
   * Measure how long deliveries take. The generator then waits for events instead of polling every 0.5 ms.
   * @default false
   */
  readonly latency?: boolean
}

/** Every connection publishes to its own room. */
export interface EveryoneOptions extends WindowOptions, PayloadOptions {
  /**
   * `paced`: evenly over the connections. `lockStep`: each publishes when what it published has come back to it. `once`: one publish
   * of each, and the window lasts until all of them are delivered.
   */
  readonly mode: 'paced' | 'lockStep' | 'once'
  /** Paced: of all connections together. */
  readonly publishesPerSecond?: number
}

/** Every connection gets its own messages back. */
export interface EchoOptions extends WindowOptions {
  /** Messages under way on each connection. */
  readonly depth: number
  readonly payloadBytes: number
  /**
   * Wait for events instead of polling every 0.5 ms.
   * @default true for a depth of 1 and for payloads from 16 KiB on
   */
  readonly waitsForEvents?: boolean
}

/** Connections that come and go. */
export interface HandshakesOptions extends WindowOptions {
  /** How many are under way at any time. */
  readonly inFlight: number
}

/** All connections are cut and come back. */
export interface StormOptions {
  /** Called when all have been cut and before they come back. */
  readonly whileAway?: () => Promise<unknown>
  /** Publications in each room while nobody is there. @default 0 */
  readonly missedPerRoom?: number
  /** How many connections are on their way back at any time, below what a listening socket lets wait. @default 4000 */
  readonly atOnce?: number
  /** Who is not back by then stays away, in seconds. @default 60 */
  readonly timeoutSeconds?: number
}

/** What every window tells. */
export interface Measured {
  /** How long it really was. */
  readonly seconds: number
  /** The CPU time of all threads of the server, those that ended included, user and system. */
  readonly serverCpuNs: number
  /** The CPU time of the load generator per second; above 0.95 it was the limit. */
  readonly generatorShare: number
  /** What was read from the sockets. */
  readonly bytes: number
}

/** How long deliveries took, from right before the write of a publish to right after the read of a delivery; within 1.6 %. */
export interface Latency {
  readonly p50Ns: number
  readonly p99Ns: number
  readonly p999Ns: number
  readonly maxNs: number
}

/** What came of publishing, or of sending in an echo. */
export interface Window extends Measured {
  readonly publishes: number
  /** Messages that arrived in the window. */
  readonly deliveries: number
  /** Publishes × members of their rooms. */
  readonly expectedDeliveries: number
  /** Deliveries of this window that arrived after it, and those that never did. */
  readonly lateDeliveries: number
  readonly lostDeliveries: number
  readonly acks: number
  readonly latency?: Latency
}

/** What came of connections that come and go. */
export interface Handshakes extends Measured {
  /** Connections that were upgraded, said their hello, and left. */
  readonly completed: number
}

/** What came of a storm. The window lasts from the first connection on its way back until the last one is there. */
export interface Storm extends Measured {
  /** Connections that said their hello again. */
  readonly back: number
  /** Those of them that received everything that they missed. */
  readonly recovered: number
  /** Publications that were received again or late, by all together. */
  readonly replayed: number
  /** Connections that failed on their way and were tried again. */
  readonly retries: number
}
