// Whether a subject does what it is measured for: everyone in a room receives what is published there, in order, and nobody else does.
// It speaks through our own WebSocket client, so it also checks the dialects without the load generator.
import { connectWebSocket, type WebSocketConnection } from '@roomcast/server/websocket'
import type { Dialect } from '../harness/dialect.ts'

const MEMBERS = 10
const ROOMS = 2
const PATIENCE_MS = 5_000
const TEXTS = ['first', 'second', 'third']
/** Published when everyone has the rest, so that what strays has had its time. */
const LAST = 'last'

/** What does not arrive as it should. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError'
}

/**
 * Lets ten clients in two rooms publish to each other.
 *
 * @throws {DeliveryError} if a message is missing, strays, comes twice or in another order.
 */
export async function checkDelivery(port: number, dialect: Dialect): Promise<void> {
  const members = await Promise.all(
    Array.from({ length: MEMBERS }, (_, index) => Client.connect(port, dialect, index % ROOMS)),
  )
  try {
    const rooms = members.slice(0, ROOMS)
    for (const text of TEXTS) for (const member of rooms) member.publish(`${text}-${member.room}`)
    await Promise.all(members.map((member) => member.received(TEXTS.length)))
    for (const member of rooms) member.publish(`${LAST}-${member.room}`)
    await Promise.all(members.map((member) => member.received(TEXTS.length + 1)))
    for (const member of members)
      member.assertReceived([...TEXTS, LAST].map((text) => `${text}-${member.room}`))
  } finally {
    for (const member of members) member.close()
  }
}

/** One client of a subject. */
class Client {
  readonly room: number
  readonly #connection: WebSocketConnection
  readonly #dialect: Dialect
  readonly #deliveries: string[] = []
  readonly #others: string[] = []
  #published = 0
  #onMessage = () => {}
  #end: string | undefined

  private constructor(connection: WebSocketConnection, dialect: Dialect, room: number) {
    this.#connection = connection
    this.#dialect = dialect
    this.room = room
    connection.setHandlers({
      message: (data) =>
        this.#receive(typeof data === 'string' ? data : Buffer.from(data).toString('latin1')),
      close: ({ code, reason }) => {
        this.#end = `it closed the connection with ${code} ${reason}`
        this.#onMessage()
      },
    })
  }

  static async connect(port: number, dialect: Dialect, room: number): Promise<Client> {
    const path = dialect.path.replaceAll('%r', String(room))
    const protocols = dialect.headers.flatMap(
      (header) => /^Sec-WebSocket-Protocol: (.+)$/.exec(header)?.[1] ?? [],
    )
    const connection = await connectWebSocket(`ws://127.0.0.1:${port}${path}`, { protocols })
    const client = new Client(connection, dialect, room)
    await client.#greet()
    return client
  }

  /** Goes through the dialect's hello. */
  async #greet(): Promise<void> {
    for (const { send, expect } of this.#dialect.hello) {
      if (send !== undefined) this.#send(send)
      if (expect !== undefined)
        await this.#until(() => this.#others.some((text) => text.startsWith(expect)), expect)
    }
  }

  publish(text: string): void {
    this.#published++
    this.#send(this.#dialect.publish.replaceAll('%n', String(this.#published + 10)).replaceAll('%p', text))
  }

  /** Resolves when so many deliveries are there. */
  received(count: number): Promise<void> {
    return this.#until(() => this.#deliveries.length >= count, `${count} deliveries`)
  }

  assertReceived(texts: readonly string[]): void {
    const isRight =
      this.#deliveries.length === texts.length &&
      texts.every((text, index) => this.#deliveries[index]?.includes(text) === true)
    if (isRight) return
    throw new DeliveryError(
      `A member of room ${this.room} was to receive ${texts.join(', ')} and received ${this.#deliveries.join(', ')}.`,
    )
  }

  close(): void {
    this.#connection.close()
  }

  #send(template: string): void {
    const text = template.replaceAll('%r', String(this.room)).replaceAll('%c', String(this.room))
    this.#connection.send(this.#dialect.opcode === 'binary' ? Buffer.from(text) : text)
  }

  #receive(text: string): void {
    const { delivery, ping, pong } = this.#dialect
    if (text === ping) this.#connection.send(pong ?? '')
    else if (text.startsWith(delivery)) this.#deliveries.push(text)
    else this.#others.push(text)
    this.#onMessage()
  }

  #until(isThere: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (reason: string) => reject(new DeliveryError(`${what} did not come: ${reason}.`))
      const timer = setTimeout(() => fail(`nothing for ${PATIENCE_MS} ms`), PATIENCE_MS)
      this.#onMessage = () => {
        if (!isThere() && this.#end === undefined) return
        clearTimeout(timer)
        if (isThere()) resolve()
        else fail(this.#end ?? '')
      }
      this.#onMessage()
    })
  }
}
