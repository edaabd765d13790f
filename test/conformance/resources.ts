// Measures what inputs cost this process.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Memory in use after collections: the heap and what buffers hold beside it. */
export async function usedBytes(): Promise<number> {
  // What finalizers and callbacks of a turn still hold goes with the next collection.
  for (let count = 0; count < 2; count++) {
    collectGarbage()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** The CPU time of this process in milliseconds. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** The value below which a share of the samples lies. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}

/**
 * Measures until a measurement passes, at most so many times: a pause of the machine is nobody's fault, while what is wrong is
 * wrong each time. Throws what the last one was judged.
 */
export async function firstGoodOf<T>(
  times: number,
  measure: () => Promise<T>,
  judge: (measured: T) => void,
): Promise<void> {
  for (let left = times; ; left--) {
    const measured = await measure()
    try {
      return judge(measured)
    } catch (error) {
      if (left === 1) throw error
    }
  }
}

/** The least of three measurements: whatever else the machine does only ever adds. */
export async function leastOfThree(measure: () => Promise<number>): Promise<number> {
  return Math.min(await measure(), await measure(), await measure())
}
