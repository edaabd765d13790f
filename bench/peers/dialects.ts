// How clients speak to each server: what they send to connect, to join and to publish, what is a delivery, and how they recover.
import type { Dialect, HelloStep } from '../harness/dialect.ts'

/** What clients do: nothing, being a member of a room, getting their own messages back, or making requests. */
export type Use = 'idle' | 'room' | 'echo' | 'call'

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

/** Where clients greet first and then join: publishers leave out the second. */
function withHello(use: Use, greeting: readonly HelloStep[], joining: readonly HelloStep[]) {
  const isMember = use === 'room' || use === 'call'
  return { hello: isMember ? [...greeting, ...joining] : greeting, publisherHello: greeting }
}

/** What members send, and how the answer begins that holds what they sent. */
function withTraffic(use: Use, publishing: Traffic, calling: Pick<Traffic, 'publish' | 'delivery'>): Traffic {
  return use === 'call' ? calling : publishing
}

type Traffic = Pick<Dialect, 'publish' | 'delivery'> & { readonly ack?: string }

/** Roomcast's own protocol, in JSON; see PROTOCOL.md. */
export function roomcastDialect({ use, deflate }: DialectOptions): Dialect {
  const greeting = [{ send: '{"type":"connect","id":1,"token":"bench"}', expect: '{"type":"reply","id":1,' }]
  const subscribe = (recover: string, expect: string): HelloStep => ({
    send: `{"type":"subscribe","id":2,"room":"bench:%r"${recover}}`,
    expect,
  })
  return {
    path: '/realtime',
    headers: ['Sec-WebSocket-Protocol: roomcast.v1.json', ...OFFERS[deflate]],
    opcode: 'text',
    ...withHello(use, greeting, [subscribe('', '{"type":"reply","id":2,')]),
    ...withTraffic(
      use,
      {
        publish:
          '{"type":"publish","id":%n,"room":"bench:%r","event":"message","data":{"text":"%p"},"publishId":"%c-%n"}',
        delivery: '{"type":"publication"',
        ack: '{"type":"reply"',
      },
      {
        publish: '{"type":"call","id":%n,"room":"bench:%r","call":"echo","data":{"text":"%p"}}',
        delivery: '{"type":"reply"',
      },
    ),
    recovery: {
      captures: [
        { name: 'epoch', from: 'hello', after: '"epoch":"', until: '"' },
        { name: 'offset', from: 'any', after: '"offset":', until: ',}' },
        { name: 'tag', from: 'any', after: '"tag":', until: ',}' },
      ],
      hello: [
        ...greeting,
        subscribe(
          ',"recover":{"epoch":"%{epoch}","offset":%{offset},"tag":%{tag}}',
          '{"type":"reply","id":2,',
        ),
      ],
    },
  }
}

/** Socket.IO 5 in Engine.IO 4, over WebSocket only. */
export function socketIoDialect({ use, deflate }: DialectOptions): Dialect {
  return {
    path: '/socket.io/?EIO=4&transport=websocket',
    headers: OFFERS[deflate],
    opcode: 'text',
    ...withHello(
      use,
      [{ expect: '0{' }, { send: '40', expect: '40{' }],
      [{ send: '420["join","room-%r"]', expect: '430' }],
    ),
    ...withTraffic(
      use,
      { publish: '42["publish","room-%r","%p"]', delivery: '42["message"' },
      { publish: '42%n["call","%p"]', delivery: '43' },
    ),
    ping: '2',
    pong: '3',
    recovery: {
      captures: [
        { name: 'pid', from: 'hello', after: '"pid":"', until: '"' },
        // The id of the packet, which recovery appends to what is emitted.
        { name: 'offset', from: 'delivery', after: '"},"', until: '"' },
      ],
      hello: [{ expect: '0{' }, { send: '40{"pid":"%{pid}","offset":"%{offset}"}', expect: '40{' }],
    },
  }
}

/** SocketCluster's protocol, version 2: pings and pongs are empty messages. */
export function socketClusterDialect({ use, deflate }: DialectOptions): Dialect {
  return {
    path: '/socketcluster/',
    headers: OFFERS[deflate],
    opcode: 'text',
    ...withHello(
      use,
      [{ send: '{"event":"#handshake","data":{},"cid":1}', expect: '{"rid":1' }],
      [{ send: '{"event":"#subscribe","data":{"channel":"room-%r"},"cid":2}', expect: '{"rid":2' }],
    ),
    ...withTraffic(
      use,
      {
        publish: '{"event":"#publish","data":{"channel":"room-%r","data":"%p"}}',
        delivery: '{"event":"#publish"',
      },
      { publish: '{"event":"call","data":"%p","cid":%n}', delivery: '{"rid"' },
    ),
    ping: '',
    pong: '',
  }
}
