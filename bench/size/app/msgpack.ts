// The application with MessagePack.
import { createClient } from '@roomcast/client'
import { msgpackCodec } from '@roomcast/client/msgpack'
import { openChat } from './chat.ts'
import type { AppContract } from './contract.ts'

const client = createClient<AppContract>({
  url: 'wss://example.com/realtime',
  version: 1,
  codec: msgpackCodec,
})
void openChat(client, '42', console.log)
