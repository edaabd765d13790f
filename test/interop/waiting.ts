// Waiting for other programs, which cannot tell when they are ready.
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** How often a condition is looked at, in milliseconds. */
const POLL_MS = 20

/** Waits until a condition holds; failing to answer counts as no. @throws {Error} if it takes too long. */
export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 20_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  let problem: unknown
  while (performance.now() < deadline) {
    try {
      if (await condition()) return
    } catch (error) {
      problem = error
    }
    await delay(POLL_MS)
  }
  throw new Error(`Not within ${timeoutMs / 1000} s: ${what}.`, { cause: problem })
}

/** Gives a promise so much time. @throws {Error} if it takes longer. */
export async function within<T>(timeoutMs: number, what: string, promise: Promise<T>): Promise<T> {
  const abort = new AbortController()
  const late = delay(timeoutMs, undefined, { signal: abort.signal }).then(() => {
    throw new Error(`Not within ${timeoutMs / 1000} s: ${what}.`)
  })
  late.catch(() => {})
  try {
    return await Promise.race([promise, late])
  } finally {
    abort.abort()
  }
}

/** A port that is free now, for programs that cannot choose one themselves. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
