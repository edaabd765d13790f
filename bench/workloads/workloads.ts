// All workloads, in the order in which they run.
import { W1 } from './w1.ts'
import { W2 } from './w2.ts'
import { W3 } from './w3.ts'
import { W4 } from './w4.ts'
import { W5 } from './w5.ts'
import { W6 } from './w6.ts'
import { W7 } from './w7.ts'
import { W8 } from './w8.ts'
import type { Workload } from './workload.ts'

/** Everything that `pnpm bench` measures. */
export const WORKLOADS: readonly Workload[] = [...W1, ...W2, ...W3, ...W4, ...W5, ...W6, ...W7, ...W8]
