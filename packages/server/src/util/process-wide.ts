// What all copies of this package in one process share.

/**
 * The one thing of this name in the process, made by whoever asks first.
 *
 * A process may hold several copies of a module: in CommonJS each entry point bundles its own, and a program can load the ESM
 * and the CommonJS build. What is known about an object of somebody else, such as what stands on an HTTP server, must
 * be known to all of them, or each takes the others for strangers. A symbol of the global registry is where they meet.
 *
 * The number at its end is the version of what the copies call on each other; raise it when that changes.
 */
export function processWide<T>(name: string, create: () => T): T {
  const shared = globalThis as unknown as Record<symbol, T | undefined>
  return (shared[Symbol.for(`@roomcast/server:${name}@1`)] ??= create())
}
