// What the environment says about the two programs. A value that makes no sense is a mistake to be told, not guessed at.

/** How the echo server is to run. */
export interface EchoSettings {
  /** 0 takes a free one. */
  readonly port: number
  /** Whether permessage-deflate is granted to clients that offer it. */
  readonly isDeflating: boolean
  /** Whether it speaks TLS, with a certificate that it makes for itself. */
  readonly isSecure: boolean
  /** Whether it accepts WebSockets over HTTP/2 (RFC 8441) beside those over HTTP/1.1. */
  readonly isHttp2: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

const DEFAULT_PORT = '9001'

/**
 * Reads the settings of the server.
 *
 * @throws {RangeError} for a value that makes no sense; the message is for people.
 */
export function readSettings(env: Environment): EchoSettings {
  return {
    port: readPort(env),
    isDeflating: readSwitch(env, 'DEFLATE'),
    isSecure: readSwitch(env, 'TLS'),
    isHttp2: readSwitch(env, 'H2'),
  }
}

/** A setting that is 1 for yes; 0, nothing or unset for no. @throws {RangeError} for anything else. */
export function readSwitch(env: Environment, name: string): boolean {
  const value = env[name] ?? ''
  if (value === '1') return true
  if (value === '' || value === '0') return false
  throw new RangeError(`${name} must be 0 or 1, not "${value}".`)
}

/** As with the switches, one that is empty is one that is not set. */
function readPort({ PORT = '' }: Environment): number {
  const value = PORT === '' ? DEFAULT_PORT : PORT
  const port = Number(value)
  if (/^\d{1,5}$/.test(value) && port <= 65_535) return port
  throw new RangeError(`PORT must be a number from 0 to 65535, not "${value}".`)
}
