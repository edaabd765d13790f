// How a server of node:http2 should be made that is to carry WebSockets.
import type { ServerOptions } from 'node:http2'

/** What {@link http2ServerOptions} returns: options of `createServer` and `createSecureServer` of node:http2. */
export interface Http2ServerOptions extends ServerOptions {
  /** How many streams a client may reset at once, and per second; more end the session. Node ≥ 20.18, 22.11. */
  readonly streamResetBurst: number
  readonly streamResetRate: number
}

/**
 * Safe options for a server of node:http2, to be spread into those of `createSecureServer` or `createServer`. None can be
 * changed once the server exists. What enables WebSockets is not among them: `attach(server, { http2: true })` does.
 *
 * @example
 * const server = createSecureServer({ ...http2ServerOptions(), key, cert, allowHTTP1: true })
 */
export function http2ServerOptions(): Http2ServerOptions {
  return {
    settings: {
      // Node's default is 4 294 967 295. Firefox and Chromium are content with 100, and more only helps floods.
      maxConcurrentStreams: 100,
      // What one stream may send before we have read it, so the most that a paused connection keeps in memory.
      initialWindowSize: 64 * 1024,
    },
    // 3000 resets in one packet are an attack (CVE-2023-44487); a closed page resets as many as it had streams.
    // Node's defaults are ten times as high.
    streamResetBurst: 100,
    streamResetRate: 10,
    // In MB (10^6 bytes). 100 streams with a full window each way are 13, and beyond it new streams are refused.
    maxSessionMemory: 32,
    // As Node's default, written down since others depend on it: room for the 100 fields that a handshake may have.
    maxHeaderListPairs: 128,
    // Nobody needs several of our pings at once.
    maxOutstandingPings: 2,
    // A listener that speaks several protocols drops who speaks none of them (ALPN) after so many milliseconds.
    unknownProtocolTimeout: 10_000,
  }
}
