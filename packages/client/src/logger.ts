// Logging as an injected effect.

/**
 * The part of a logger that the client uses; `console` and pino's browser build fit as they are, with fields first.
 * Tokens, secrets and message data are never logged.
 */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
