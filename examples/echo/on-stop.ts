// When a program is told to stop, in whichever way.

/** How often it is checked whether the package manager that started this program is still there, in milliseconds. */
const CHECK_MS = 500

/**
 * Calls back once at the first SIGINT or SIGTERM; a second one ends the process at once. Package managers that are told to
 * stop do not tell what they have started, so their end counts too.
 */
export function onStop(callback: () => void): void {
  let isStopped = false
  const stop = (): void => {
    if (isStopped) return
    isStopped = true
    callback()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
  if (process.env.npm_lifecycle_event === undefined) return
  const { ppid } = process
  setInterval(() => process.ppid === ppid || stop(), CHECK_MS).unref()
}
