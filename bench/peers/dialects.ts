// How clients speak to each server: what they send to connect, to join and to publish, and what is a delivery.
import type { Dialect } from './dialect.ts'

/** What clients do: nothing, being a member of a room, or getting their own messages back. */
export type Use = 'idle' | 'room' | 'echo'

/** How clients connect. */
export interface DialectOptions {
  readonly use: Use
  /** Whether they offer permessage-deflate; `noTakeover` asks the server to keep no context. */
  readonly deflate: 'none' | 'offered' | 'noTakeover'
}

const OFFERS = {
  none: [],
  offered: ['Sec-WebSocket-Extensions: permessage-deflate'],
  noTakeover: ['Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover'],
} as const

/** Servers of bare messages: the path says what a connection is, and everything that arrives is a delivery. */
export function rawDialect({ use, deflate }: DialectOptions): Dialect {
  return {
    path: use === 'room' ? '/room/%r' : `/${use}`,
    publisherPath: '/publish/%r',
    headers: OFFERS[deflate],
    opcode: 'binary',
    hello: [],
    publish: '%p',
    delivery: '',
  }
}

/** Roomcast's own protocol, in JSON; see PROTOCOL.md. */
export function roomcastDialect({ use, deflate }: DialectOptions): Dialect {
  const subscribe = {
    send: '{"type":"subscribe","id":2,"room":"bench:%r"}',
    expect: '{"type":"reply","id":2,',
  }
  return {
    path: '/realtime',
    headers: ['Sec-WebSocket-Protocol: roomcast.v1.json', ...OFFERS[deflate]],
    opcode: 'text',
    hello: [
      { send: '{"type":"connect","id":1,"token":"bench"}', expect: '{"type":"reply","id":1,' },
      ...(use === 'room' ? [subscribe] : []),
    ],
    publish:
      '{"type":"publish","id":%n,"room":"bench:%r","event":"message","data":{"text":"%p"},"publishId":"%c-%n"}',
    delivery: '{"type":"publication"',
    ack: '{"type":"reply"',
  }
}

/** Socket.IO 5 in Engine.IO 4, over WebSocket only. */
export function socketIoDialect({ use, deflate }: DialectOptions): Dialect {
  return {
    path: '/socket.io/?EIO=4&transport=websocket',
    headers: OFFERS[deflate],
    opcode: 'text',
    hello: [
      { expect: '0{' },
      { send: '40', expect: '40{' },
      ...(use === 'room' ? [{ send: '420["join","room-%r"]', expect: '430' }] : []),
    ],
    publish: '42["publish","room-%r","%p"]',
    delivery: '42["message"',
    ping: '2',
    pong: '3',
  }
}

/** SocketCluster's protocol, version 2: pings and pongs are empty messages. */
export function socketClusterDialect({ use, deflate }: DialectOptions): Dialect {
  return {
    path: '/socketcluster/',
    headers: OFFERS[deflate],
    opcode: 'text',
    hello: [
      { send: '{"event":"#handshake","data":{},"cid":1}', expect: '{"rid":1' },
      ...(use === 'room'
        ? [{ send: '{"event":"#subscribe","data":{"channel":"room-%r"},"cid":2}', expect: '{"rid":2' }]
        : []),
    ],
    publish: '{"event":"#publish","data":{"channel":"room-%r","data":"%p"}}',
    delivery: '{"event":"#publish"',
    ping: '',
    pong: '',
  }
}
