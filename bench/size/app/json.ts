// The application with the default codec.
import { createClient } from '@roomcast/client'
import { openChat } from './chat.ts'
import type { AppContract } from './contract.ts'

const client = createClient<AppContract>({ url: 'wss://example.com/realtime', version: 1 })
void openChat(client, '42', console.log)
