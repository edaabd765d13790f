// Where an application wants WebSockets to come in.
import { checkNames, describeValue } from '../../util/check-names.ts'
import { ANY_PATH, type AnyHttpServer } from './upgrade-dispatcher.ts'

export interface AttachOptions {
  readonly path?: string | undefined
  readonly http2?: boolean | undefined
}

/** What an HTTP server has; the applications of some frameworks have most of it too. */
const METHODS = ['on', 'emit', 'listen', 'address'] as const

/**
 * Checks the arguments of `attach` and fills in the defaults.
 *
 * @throws {TypeError} that says what to pass.
 */
export function resolveAttachOptions(
  server: AnyHttpServer,
  options: AttachOptions | undefined,
  defaultPath: string,
): { readonly path: string; readonly http2: boolean } {
  assertHttpServer(server)
  const given = options === undefined ? {} : options
  checkNames('attach', given, ['path', 'http2'])
  const { path = defaultPath, http2 = false } = given
  if (!isPath(path)) {
    throw new TypeError(
      `The path to attach at must begin with "/" and have no "?" or "#", or be "*" for every path, not ${describeValue(path)}.`,
    )
  }
  if (typeof http2 !== 'boolean') {
    throw new TypeError(`\`http2\` must be true or false, not ${describeValue(http2)}.`)
  }
  return { path, http2 }
}

function assertHttpServer(server: unknown): void {
  if (typeof server === 'object' && server !== null) {
    const methods = server as Partial<Record<(typeof METHODS)[number], unknown>>
    if (METHODS.every((name) => typeof methods[name] === 'function')) return
  }
  throw new TypeError(
    'attach needs an HTTP server, such as http.createServer() returns. ' +
      'With Express or Koa that is not the app but its server: http.createServer(app), or what app.listen() returns.',
  )
}

function isPath(path: unknown): boolean {
  if (typeof path !== 'string') return false
  return path === ANY_PATH || (path.startsWith('/') && !path.includes('?') && !path.includes('#'))
}
