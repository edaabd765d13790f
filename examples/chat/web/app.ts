// The page: who is here, one client, and a visit to one room at a time.
import { createClient } from '@roomcast/client'
import type { ChatContract } from '../contract.ts'
import { Cable } from './cable.ts'
import { showComposer } from './composer.ts'
import { showCable, showConnection } from './connection-view.ts'
import { byId } from './dom.ts'
import { MessageLog } from './message-log.ts'
import { RoomVisit, type Page } from './room-visit.ts'
import { showRooms } from './rooms-view.ts'
import { TopicView } from './topic-view.ts'
import { describeTypists, Typists } from './typing.ts'
import { askVisitor, rememberVisitor } from './visitor.ts'

let visitor = rememberVisitor() ?? (await askVisitor())
let visit: RoomVisit | undefined

const cable = new Cable()
const client = createClient<ChatContract>({
  url: `${location.origin.replace(/^http/, 'ws')}/realtime`,
  token: visitor.secret,
  version: 1,
  transport: cable.transport,
  // Who comes back to a room begins anew, with its history.
  lingerMs: 0,
  backoff: { minMs: 500, maxMs: 5000 },
})
const page: Page = {
  client,
  log: new MessageLog((userId) => userId === client.userId),
  topic: new TopicView((topic) => void visit?.setTopic(topic)),
  typists: new Typists((names) => {
    byId('typing', HTMLElement).textContent = describeTypists(names)
  }),
}

showConnection(client)
showCable(cable)
showComposer({
  send: (text) => visit?.send(text),
  typed: () => visit?.typed(),
  stopped: () => visit?.stoppedTyping(),
})
showRooms((roomId) => {
  visit?.leave()
  byId('room-title', HTMLElement).textContent = `#${roomId}`
  document.title = `#${roomId} – Roomcast chat`
  visit = undefined
  try {
    visit = new RoomVisit(page, roomId, visitor.name)
  } catch {
    page.log.clear('There can be no room of this name. Try a shorter one.')
  }
})
byId('rename', HTMLButtonElement).addEventListener('click', () => void rename())
byId('text', HTMLTextAreaElement).focus()

async function rename(): Promise<void> {
  visitor = await askVisitor(visitor)
  visit?.rename(visitor.name)
}
