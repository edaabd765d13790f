// The kernel of this process.
import type { FrameKernel } from './frame-kernel.ts'
import { TypeScriptKernel } from './typescript-kernel.ts'
import { createWasmKernel } from './wasm-kernel.ts'

/** The fastest that this engine runs. */
export const kernel: FrameKernel = createWasmKernel() ?? new TypeScriptKernel()
