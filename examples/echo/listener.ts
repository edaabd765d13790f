// Where the echo server listens: HTTP/1.1, or HTTP/1.1 and HTTP/2 on one port, with or without TLS.
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http'
import {
  createSecureServer as createHttp2SecureServer,
  createServer as createHttp2Server,
  type Http2SecureServer,
  type Http2Server,
  type ServerHttp2Session,
} from 'node:http2'
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https'
import { createServer as createTcpServer, type Server as TcpServer, type Socket } from 'node:net'
import { http2ServerOptions, type WebSocketServer } from '@roomcast/server/websocket'

/** Something that listens, and takes WebSockets at any path. */
export interface Listener {
  readonly server: TcpServer
  attach(webSockets: WebSocketServer): void
  /** Ends what is still connected and is no WebSocket. */
  end(): void
}

interface KeyPair {
  readonly key: string
  readonly cert: string
}

/** The first bytes of HTTP/2 without TLS (RFC 9113 §3.4). No request of HTTP/1.1 begins with them. */
const HTTP2_PREFACE = 'PRI '

/** Makes what listens: with a certificate for TLS, with HTTP/2 beside HTTP/1.1 if asked. */
export function createListener(certificate: KeyPair | undefined, isHttp2: boolean): Listener {
  if (!isHttp2) return http1(certificate ? createHttpsServer(certificate) : createHttpServer())
  return certificate ? secureHttp2(certificate) : clearHttp2()
}

function http1(server: HttpServer | HttpsServer): Listener {
  return {
    server,
    attach: (webSockets) => void webSockets.attach(server, { path: '*' }),
    end: () => server.closeAllConnections(),
  }
}

/** ALPN tells the two protocols apart. */
function secureHttp2(certificate: KeyPair): Listener {
  const server = createHttp2SecureServer({ ...http2ServerOptions(), ...certificate, allowHTTP1: true })
  const sessions = sessionsOf(server)
  return {
    server,
    attach: (webSockets) => void webSockets.attach(server, { path: '*', http2: true }),
    end: () => sessions.forEach((session) => session.destroy()),
  }
}

/** Without TLS the first bytes tell the two protocols apart. */
function clearHttp2(): Listener {
  const plain = createHttpServer()
  const http2 = createHttp2Server(http2ServerOptions())
  const sessions = sessionsOf(http2)
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
    readStart(socket, HTTP2_PREFACE.length, (start) => {
      if (start === HTTP2_PREFACE) http2.emit('connection', socket)
      else plain.emit('connection', socket)
    })
  })
  return {
    server,
    attach: (webSockets) => {
      webSockets.attach(plain, { path: '*' })
      webSockets.attach(http2, { path: '*', http2: true })
    },
    end: () => {
      sessions.forEach((session) => session.destroy())
      sockets.forEach((socket) => socket.destroy())
    },
  }
}

/** The open sessions of a server, which Node does not end when the server closes. */
function sessionsOf(server: Http2Server | Http2SecureServer): ReadonlySet<ServerHttp2Session> {
  const sessions = new Set<ServerHttp2Session>()
  server.on('session', (session) => {
    sessions.add(session)
    session.once('close', () => sessions.delete(session))
  })
  return sessions
}

/** Looks at the first bytes of a socket, which stay in it; gives fewer if it ends before. */
function readStart(socket: Socket, length: number, callback: (start: string) => void): void {
  const chunks: Buffer[] = []
  const read = (): void => {
    const chunk = socket.read() as Buffer | null
    if (chunk !== null) chunks.push(chunk)
    const bytes = Buffer.concat(chunks)
    if (bytes.length < length && chunk !== null) return
    socket.off('readable', read)
    if (bytes.length > 0) socket.unshift(bytes)
    callback(bytes.toString('latin1', 0, length))
  }
  socket.on('readable', read)
}
