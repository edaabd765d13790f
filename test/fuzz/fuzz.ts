// pnpm fuzz [--seconds 120] [--seed N] [--target parser,handshake,…] [--replay FILE]: fuzzes each target for its share of
// the time. Ends with 1 if anything was found.
import { parseArgs } from 'node:util'
import { loadFinding, saveFinding } from './findings.ts'
import { leastCpuMs } from './meter.ts'
import { openTarget, TARGET_NAMES } from './open-target.ts'
import { describeFinding, describeReport, isClean, summarize } from './report.ts'
import { runTarget, SLOW_MS, type TargetReport } from './run-target.ts'

const { values } = parseArgs({
  // As a package manager passes it on.
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: {
    seconds: { type: 'string', default: '120' },
    seed: { type: 'string' },
    target: { type: 'string', default: TARGET_NAMES.join(',') },
    replay: { type: 'string' },
  },
})
// Some targets wait for nothing but promises; the process must not end meanwhile.
const alive = setInterval(() => {}, 60_000)

async function fuzz(): Promise<boolean> {
  const names = values.target.split(',')
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(values.seed)
  const durationMs = (Number(values.seconds) * 1000) / names.length
  if (!Number.isInteger(seed) || !(durationMs > 0)) throw new RangeError('--seed and --seconds are numbers')
  console.log(`fuzz: ${values.seconds} s, seed ${seed}, Node ${process.version}`)
  const reports: TargetReport[] = []
  for (const name of names) {
    const target = await openTarget(name)
    const report = await runTarget(target, {
      seed,
      durationMs,
      onFinding: (finding) => console.log(describeFinding(finding, saveFinding(finding))),
    })
    reports.push(report)
    console.log(describeReport(report))
    await target.close?.()
  }
  console.log(summarize(reports))
  return isClean(reports)
}

async function replay(file: string): Promise<boolean> {
  const { target: name, input } = loadFinding(file)
  const target = await openTarget(name)
  try {
    const depths = await target.execute(Uint8Array.from(input))
    const cpuMs = await leastCpuMs(() => target.execute(Uint8Array.from(input)))
    console.log(`${name}: reached ${depths.join(', ')}; ${cpuMs.toFixed(1)} ms of thread CPU time`)
    return cpuMs <= SLOW_MS
  } catch (error) {
    console.log(error)
    return false
  } finally {
    await target.close?.()
  }
}

const isFine = values.replay === undefined ? await fuzz() : await replay(values.replay)
clearInterval(alive)
process.exit(isFine ? 0 : 1)
