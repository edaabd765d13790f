// What both programs do with a connection: every message goes back as it came, in order, and none is ever dropped.
import type { WebSocketCloseEvent, WebSocketConnection } from '@roomcast/server/websocket'

/** The longest message that is echoed, in bytes. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024

const NO_RATE = { perSecond: Infinity, burst: Infinity }

/**
 * Limits for being tested: whoever tests a WebSocket stack sends ten thousands of frames at once, messages in single
 * bytes and texts that deflate to nothing. A real server wants the defaults instead. No pings, since a tester may
 * expect every frame to be an answer.
 */
export const OPEN_LIMITS = {
  maxMessageBytes: MAX_MESSAGE_BYTES,
  maxFragments: Infinity,
  messageTimeoutMs: Infinity,
  maxPendingPerAddress: Infinity,
  streamResetRate: NO_RATE,
  messageRate: NO_RATE,
  byteRate: NO_RATE,
  controlFrameRate: NO_RATE,
  // What waits is bounded all the same, because nothing is read while more than `highWaterMarkBytes` do.
  maxBufferedBytes: Infinity,
  pingAfterMs: Infinity,
}

/** Everything is compressed, however short, with whatever windows and context the other side asks for. */
export const OPEN_DEFLATE = {
  contextTakeover: true,
  peerContextTakeover: true,
  thresholdBytes: 0,
  maxInflateRatio: Infinity,
}

/** Echoes all messages of a connection; calls back when it has ended. */
export function echoAll(
  connection: WebSocketConnection,
  onClose: (event: WebSocketCloseEvent) => void = () => {},
): void {
  connection.setHandlers({
    message: (data) => {
      connection.send(data)
      if (connection.isCongested) connection.pause()
    },
    drain: () => connection.resume(),
    close: onClose,
  })
}
