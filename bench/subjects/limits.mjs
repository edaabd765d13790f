// What the load generator needs to be allowed: all of its connections come from one machine, and it sends as fast as it can.

/** @type {import('@roomcast/server').RoomcastOptions['webSocket']} */
export const CONNECTION_LIMITS = {
  maxPendingPerAddress: Infinity,
  messageRate: { perSecond: Infinity, burst: Infinity },
  byteRate: { perSecond: Infinity, burst: Infinity },
  maxMessageBytes: 2 * 1024 * 1024,
}

/** @type {import('@roomcast/server').RoomcastOptions['limits']} */
export const SESSION_LIMITS = {
  maxUnauthenticatedPerAddress: Infinity,
  commandRate: { perSecond: Infinity, burst: Infinity },
}
