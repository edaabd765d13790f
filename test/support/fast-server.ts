// A program: open rooms at PORT for clients that publish as fast as they can, with nothing to slow them down.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRoomcast } from '@roomcast/server'
import { contract } from './start-server.ts'

const roomcast = createRoomcast({
  contract,
  authenticate: ({ token }) => (token ? { userId: token } : null),
  limits: { commandRate: { perSecond: 1_000_000, burst: 1_000_000 } },
})
roomcast.channel('chat:{roomId}', {
  canSubscribe: () => true,
  canPublish: { message: () => true, typing: () => true },
  calls: { rename: () => ({ ok: true }) },
})
roomcast.channel('secret:{id}', {
  canSubscribe: () => false,
  canPublish: { message: () => false },
})

const http = createServer()
roomcast.attach(http)
http.listen(Number(process.env['PORT']), '127.0.0.1')
await once(http, 'listening')
console.log(`http://127.0.0.1:${(http.address() as AddressInfo).port}`)
