// Measures what an execution takes of its thread, and what a process holds.
import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Collects garbage, so that what is left is held by somebody. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  gc()
  gc()
}

/** What a process holds after a garbage collection, in bytes. */
export interface Memory {
  readonly rssBytes: number
  /** The heap and what hangs on it outside: buffers, zlib. */
  readonly heldBytes: number
}

export function measureMemory(): Memory {
  collectGarbage()
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rssBytes: rss, heldBytes: heapUsed + external }
}

/** Only newer versions of Node have it. */
const { threadCpuUsage } = process as { threadCpuUsage?: () => NodeJS.CpuUsage }
/** The main thread's number is that of its process. The first field is its time on a processor in nanoseconds. */
const SCHEDULER_STATISTICS = `/proc/self/task/${process.pid}/schedstat`

/**
 * The processor time of the main thread in milliseconds: from Node 23.9 on Node tells, before that Linux; elsewhere that
 * of the whole process stands in, which is never less.
 */
export function threadCpuMs(): number {
  if (threadCpuUsage !== undefined) return sumMs(threadCpuUsage.call(process))
  try {
    return Number(readFileSync(SCHEDULER_STATISTICS, 'latin1').split(' ', 1)[0]) / 1e6
  } catch {
    return sumMs(process.cpuUsage())
  }
}

function sumMs({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000
}

const ATTEMPTS = 3
const MOST_ATTEMPTS = 30

/**
 * The least of three measurements: whatever else the machine does only ever adds. If that is more than `allowedMs` it measures on, since
 * a machine with much else to do may add to three in a row, while what is slow is slow each time.
 */
export async function leastCpuMs(run: () => unknown, allowedMs = Infinity): Promise<number> {
  let least = Infinity
  for (let attempt = 0; attempt < ATTEMPTS || (least > allowedMs && attempt < MOST_ATTEMPTS); attempt++) {
    const startedAt = performance.now()
    const startedCpuMs = threadCpuMs()
    await run()
    least = Math.min(least, threadCpuMs() - startedCpuMs, performance.now() - startedAt)
  }
  return least
}
