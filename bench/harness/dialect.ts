// How clients speak to one server: what they send to connect, to join and to publish, and what is a delivery.

/** What one step of a hello sends, and how the answer begins for which it then waits. Each may be left out. */
export interface HelloStep {
  readonly send?: string
  readonly expect?: string
}

/**
 * A value that a connection remembers, for `%{name}` in {@link Recovery}: what stands behind the first `after` up to the next of
 * the characters `until`.
 */
export interface Capture {
  readonly name: string
  /** In which messages: what answers a step of the hello, or deliveries. */
  readonly from: 'hello' | 'delivery' | 'any'
  readonly after: string
  readonly until: string
}

/** How a connection that was lost comes back to what it missed. */
export interface Recovery {
  readonly captures: readonly Capture[]
  /** Instead of {@link Dialect.hello}. */
  readonly hello: readonly HelloStep[]
}

/**
 * The application protocol of one server, as far as the load generator has to know it.
 *
 * Templates may hold `%r` (the number of the room), `%c` (the number of the connection), `%n` (a number that no other message of
 * the group has, from 1000 on), `%p` (the payload; escaped for JSON where it stands right behind a quotation mark), `%{name}` (what
 * was captured) and `%%`.
 */
export interface Dialect {
  /** A template. */
  readonly path: string
  /** Header lines of the upgrade request beside the necessary ones. */
  readonly headers: readonly string[]
  readonly opcode: 'text' | 'binary'
  readonly hello: readonly HelloStep[]
  /** Where publishers connect. @default path */
  readonly publisherPath?: string
  /** What publishers say first, which should leave out joining the room. @default hello */
  readonly publisherHello?: readonly HelloStep[]
  /**
   * Whether a publisher receives what it publishes, and its copies are deliveries too.
   * @default true unless there is a `publisherPath` or a `publisherHello`
   */
  readonly isPublisherMember?: boolean
  /** A template. */
  readonly publish: string
  /** How a delivery begins, at most 64 bytes. The empty text makes one of everything that arrives. */
  readonly delivery: string
  /** How an acknowledgement begins. @default there are none */
  readonly ack?: string
  /** A whole message that is answered with `pong`. The empty text is a message too. @default there are none */
  readonly ping?: string
  readonly pong?: string
  /** @default none: who comes back says `hello` and stays without what it missed */
  readonly recovery?: Recovery
}
