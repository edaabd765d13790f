// The machine that results come from: enough to judge them, nothing that names it.
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os'

const GIB = 1024 ** 3

/** What a reader of results wants to know of the machine. There is no host name in it. */
export function describeEnvironment(): Record<string, string | number> {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    // Of the last minute: what else the machine did when the run began.
    loadAverage: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    memoryGiB: Math.round((totalmem() / GIB) * 10) / 10,
    system: `${process.platform} ${release()} ${process.arch}`,
    node: process.versions.node,
    v8: process.versions.v8,
  }
}
