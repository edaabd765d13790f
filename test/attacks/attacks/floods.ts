// A11, A12: more small frames than anyone has a use for, from a process of its own.
import { once } from 'node:events'
import { buildFrame } from '../../support/raw-websocket.ts'
import { kibibytes, milliseconds, type AttackCase, type Measured } from '../attack-case.ts'
import { startProgram, type Stage } from '../stage.ts'
import { closeCodeOf, echoTimes, median, open, percentile, write } from '../tools.ts'

/** A flood that is under way. */
interface Flood {
  readonly isOver: () => boolean
  readonly sent: () => number
  stop(): Promise<void>
}

async function startFlood(
  stage: Stage,
  kind: 'messages' | 'pings',
  count: number,
  reads: boolean,
): Promise<Flood> {
  const args = [String(stage.ports.h1), '/lenient', kind, String(count), reads ? 'reads' : 'stalls']
  const child = startProgram('flood-program.ts', args)
  let end: { sent: number } | undefined
  await once(child, 'message')
  child.on('message', (message: { sent: number }) => (end = message))
  child.on('exit', () => (end ??= { sent: 0 }))
  return {
    isOver: () => end !== undefined,
    sent: () => end?.sent ?? 0,
    stop: async () => {
      if (child.exitCode !== null) return
      const exit = once(child, 'exit')
      child.disconnect()
      await exit
    },
  }
}

/** How many frames, and how often, in the time that there is. */
const extent = ({ isFull }: Stage) => (isFull ? { frames: 1_000_000, runs: 5 } : { frames: 200_000, runs: 3 })

/** The 99th percentile of another client's echoes, in peace and during a flood; medians of some runs. */
async function victimOf(stage: Stage, kind: 'messages' | 'pings') {
  const { frames, runs } = extent(stage)
  const peace: number[] = []
  const war: number[] = []
  let sent = 0
  for (let run = 0; run < runs; run++) {
    await using victim = await open(stage.ports.h1, '/lenient')
    let left = 500
    peace.push(percentile(await echoTimes(victim, () => left-- > 0), 0.99))
    const flood = await startFlood(stage, kind, frames, true)
    war.push(percentile(await echoTimes(victim, () => !flood.isOver()), 0.99))
    sent += flood.sent()
    await flood.stop()
  }
  const baselineMs = median(peace)
  const p99 = median(war)
  // The full run is for a machine that does nothing else; beside other tests there is only time to see a stall.
  const boundMs = stage.isFull ? Math.max(2 * baselineMs, baselineMs + 10) : baselineMs + 100
  return {
    sent: `${frames} × ${runs} ${kind} (${sent} taken), from another process`,
    bound: `another's p99 echo below ${stage.isFull ? 'max(2 × baseline, baseline + 10 ms)' : 'baseline + 100 ms'}, median of ${runs}`,
    measured: `${milliseconds(p99)} (${war.map((ms) => ms.toFixed(1)).join(', ')}), baseline ${milliseconds(baselineMs)}`,
    holds: p99 <= boundMs && sent === frames * runs,
  }
}

/** A11 and A12 with the limits as they are by default. */
async function overTheLimit(stage: Stage): Promise<Measured> {
  const outcomes: string[] = []
  for (const opcode of [1, 9, 10]) {
    await using raw = await open(stage.ports.h1)
    const frames = Buffer.concat(Array.from({ length: 20_000 }, () => buildFrame('', { opcode })))
    void write(raw.socket, frames)
    outcomes.push(`${await closeCodeOf(raw)} after ${raw.frames.length - 1} answers`)
  }
  return {
    sent: '20 000 messages, pings, pongs at once, over the default limits',
    bound: '1008',
    measured: outcomes.join('; '),
    holds: outcomes.every((outcome) => outcome.startsWith('1008')),
  }
}

/** A12: the pongs that a peer does not read. */
async function unreadPongs(stage: Stage): Promise<Measured> {
  await stage.facts({ reset: true })
  const before = (await stage.facts({ collect: true })).heldBytes
  const { frames } = extent(stage)
  const flood = await startFlood(stage, 'pings', frames, false)
  await stage.settles(() => flood.isOver(), 20_000)
  const { peakBufferedBytes } = await stage.facts()
  const heldBytes = (await stage.facts({ collect: true })).heldBytes - before
  await flood.stop()
  return {
    sent: `${frames} pings (${flood.sent()} taken) by a client that reads nothing`,
    bound: 'at most 128 KiB of pongs queued, 1 MiB held',
    measured: `${kibibytes(peakBufferedBytes)} queued, ${kibibytes(Math.max(0, heldBytes))} held`,
    holds: peakBufferedBytes <= 128 * 1024 && heldBytes <= 1024 * 1024,
  }
}

export const FLOOD_ATTACKS: readonly AttackCase[] = [
  { id: 'A11', name: 'tiny messages within the limits', run: (stage) => victimOf(stage, 'messages') },
  { id: 'A11b', name: 'tiny frames over the limits', run: overTheLimit },
  { id: 'A12', name: 'pings within the limits', run: (stage) => victimOf(stage, 'pings') },
  { id: 'A12b', name: 'pings whose pongs are not read', run: unreadPongs },
]
