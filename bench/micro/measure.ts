// Measures cases by the CPU time that they take, in the process that it is called in.
import { MissingFeature, type MicroCase, type Run } from './case.ts'

/** What came of a case: a figure, or why there is none. */
export interface CaseReport {
  readonly name: string
  readonly unit: string
  readonly outcome:
    | { readonly kind: 'measured'; readonly nanosPerUnit: number }
    /** The sources under test are too old for it. */
    | { readonly kind: 'missing'; readonly reason: string }
    | { readonly kind: 'failed'; readonly reason: string }
}

/** How much CPU time a case is given, in nanoseconds. */
export interface Budget {
  readonly warmUpNanos: number
  readonly windowNanos: number
  /** CPU time of this process so far. @default what the operating system says */
  readonly cpuNanos?: () => number
}

/** Enough for the engine to compile what is hot, and for the clock's grain not to show. */
export const CHILD_BUDGET: Budget = { warmUpNanos: 40e6, windowNanos: 40e6 }

/** Measures one case after the other. A case that fails does not keep the others from being measured. */
export async function measureCases(
  cases: readonly MicroCase[],
  budget: Budget = CHILD_BUDGET,
): Promise<CaseReport[]> {
  const reports: CaseReport[] = []
  for (const subject of cases) {
    const { name, unit } = subject
    reports.push({ name, unit, outcome: await outcomeOf(subject, budget) })
  }
  return reports
}

async function outcomeOf(subject: MicroCase, budget: Budget): Promise<CaseReport['outcome']> {
  try {
    const run = await subject.prepare()
    return { kind: 'measured', nanosPerUnit: (await nanosOfRun(run, budget)) / subject.units }
  } catch (error) {
    if (error instanceof MissingFeature) return { kind: 'missing', reason: error.message }
    return { kind: 'failed', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

async function nanosOfRun(
  run: Run,
  { warmUpNanos, windowNanos, cpuNanos = ownCpuNanos }: Budget,
): Promise<number> {
  const spend = async (calls: number): Promise<number> => {
    const start = cpuNanos()
    for (let call = 0; call < calls; call++) {
      const pending = run()
      // Awaiting what is not pending would cost the short runs more than they take.
      if (pending !== undefined) await pending
    }
    return cpuNanos() - start
  }
  // Doubled, so that the clock, which costs as much as many a run, is read seldom.
  let calls = 1
  let spent = await spend(calls)
  while (spent < warmUpNanos) {
    calls *= 2
    spent = await spend(calls)
  }
  const callsInWindow = Math.max(1, Math.round((calls * windowNanos) / spent))
  return (await spend(callsInWindow)) / callsInWindow
}

function ownCpuNanos(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1000
}
