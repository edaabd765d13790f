// The entry point `@roomcast/server/fastify`.
export { roomcastFastify } from './adapters/fastify.ts'
export type { RoomcastFastifyOptions } from './adapters/fastify.ts'
