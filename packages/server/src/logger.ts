// Logging as an injected effect.

/**
 * The part of a logger that Roomcast uses. pino and Fastify's `app.log` fit as they are.
 * Tokens, secrets and message data are never logged.
 */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

const ignore = (): void => {}

/** Says nothing. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }

/** Fields, unless there are none. */
const present = (fields: object): readonly object[] => (Object.keys(fields).length > 0 ? [fields] : [])

/* eslint-disable no-console -- the default logger is the console */
/** The default: warnings and errors go to the console, the rest is dropped. */
export const consoleLogger: Logger = {
  debug: ignore,
  info: ignore,
  warn: (fields, message) => console.warn(`roomcast: ${message}`, ...present(fields)),
  error: (fields, message) => console.error(`roomcast: ${message}`, ...present(fields)),
}
