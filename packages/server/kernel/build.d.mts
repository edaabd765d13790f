/** The module that frames.ts compiles to. */
export function compileKernel(): Promise<Uint8Array>

/** The text of the source file that holds a module. */
export function formatKernel(binary: Uint8Array): string

/** Whether the committed file is what the source compiles to. */
export function isKernelCurrent(): Promise<boolean>
