// The types of loop-delay.mjs, for its test.
export class LoopDelay {
  take(): { p50Ms: number; p99Ms: number; maxMs: number }
}
export function waitAt(delays: readonly number[], exceededMs: number): number
