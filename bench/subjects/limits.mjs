// What the load generator needs to be allowed: all of its connections come from one machine, and it sends as fast as it can.

/** More than it can send, and not Infinity, which would turn the counting off too: users pay for that, so we do. */
const MORE_THAN_IT_SENDS = { perSecond: 1e9, burst: 1e9 }

/** @type {import('@roomcast/server').RoomcastOptions['webSocket']} */
export const CONNECTION_LIMITS = {
  maxPendingPerAddress: Infinity,
  messageRate: MORE_THAN_IT_SENDS,
  byteRate: MORE_THAN_IT_SENDS,
  maxMessageBytes: 2 * 1024 * 1024,
}

/** @type {import('@roomcast/server').RoomcastOptions['limits']} */
export const SESSION_LIMITS = {
  maxUnauthenticatedPerAddress: Infinity,
  commandRate: MORE_THAN_IT_SENDS,
  userCommandRate: MORE_THAN_IT_SENDS,
  roomPublishRate: MORE_THAN_IT_SENDS,
}
