// A visit to one room: everything between entering and leaving it. What arrives goes to the views, what the visitor
// does goes to the room.
import { RoomcastError, settle, type Client } from '@roomcast/client'
import type { ChatContract } from '../contract.ts'
import type { MessageLog } from './message-log.ts'
import { showPeople } from './people-view.ts'
import type { TopicView } from './topic-view.ts'
import { TypingSender, type Typists } from './typing.ts'

/** What a visit needs of the page. */
export interface Page {
  readonly client: Client<ChatContract>
  readonly log: MessageLog
  readonly topic: TopicView
  readonly typists: Typists
}

/** How many messages one sees on entry. */
const REWIND = 50

export class RoomVisit {
  readonly #page: Page
  readonly #room
  readonly #typing: TypingSender
  readonly #handlers: (() => void)[] = []
  /** Releases what the visit holds. */
  readonly #left = new AbortController()
  #name: string
  /** Messages of others since the connection was lost; `undefined` if it was not, or if some are gone for good. */
  #missed: number | undefined

  /** Enters. @throws {TypeError | RangeError} if there can be no room of this name. */
  constructor(page: Page, roomId: string, name: string) {
    this.#page = page
    this.#name = name
    this.#room = page.client.room('chat:{roomId}', { roomId })
    this.#typing = new TypingSender((on) => this.#room.signal('typing', { on, name: this.#name }))
    page.log.clear('Nobody has written here yet. Say hello!')
    page.typists.clear()
    page.topic.show('')
    this.#listen()
    void this.#enter()
  }

  /** Shows the message at once, and what became of it as soon as that is known. */
  send(text: string): void {
    this.#attempt({ id: randomId(), text, name: this.#name })
  }

  /** The visitor writes. */
  typed(): void {
    this.#typing.typed()
  }

  /** The visitor no longer writes. */
  stoppedTyping(): void {
    this.#typing.stopped()
  }

  async setTopic(topic: string): Promise<void> {
    const { log } = this.#page
    const result = await settle(this.#room.call('setTopic', { topic, name: this.#name }))
    if (result.ok || this.#left.signal.aborted) return
    log.addNotice(
      result.error.code === 'unchanged'
        ? 'That is the topic already.'
        : `The topic was not changed: ${result.error.message}`,
    )
  }

  /** The visitor has another name from now on. */
  rename(name: string): void {
    this.#name = name
    void this.#tellName(name)
  }

  leave(): void {
    this.stoppedTyping()
    // Who cannot leave was not there, or is gone already.
    this.#room.presence.leave().catch(() => {})
    for (const remove of this.#handlers) remove()
    this.#left.abort()
  }

  #listen(): void {
    const { client, log, topic, typists } = this.#page
    const room = this.#room
    const members = room.watch(() => room.presence.members)
    const showMembers = (): void => showPeople(members.getSnapshot(), client.userId)
    const status = room.watch(() => room.status)
    let hasBegun = false
    this.#handlers.push(
      room.on('message', ({ data, from, time }) => {
        const userId = from?.userId ?? ''
        typists.stopped(userId)
        if (this.#missed !== undefined && userId !== client.userId) this.#missed++
        log.add({ ...data, userId, time })
      }),
      room.on('topic', ({ data }) => {
        topic.show(data.topic)
        log.addNotice(
          data.topic ? `${data.name} set the topic: ${data.topic}` : `${data.name} removed the topic`,
        )
      }),
      room.on('typing', ({ data, from }) => {
        if (!from || from.userId === client.userId) return
        if (data.on) typists.heard(from.userId, data.name)
        else typists.stopped(from.userId)
      }),
      room.onGap(({ reason }) => {
        this.#missed = undefined
        log.addNotice(
          reason === 'epochChanged'
            ? 'The server was restarted. Earlier messages are gone, and some may be missing here.'
            : 'You were away for too long. Some messages are missing here.',
          'warn',
        )
      }),
      members.subscribe(showMembers),
      status.subscribe(() => {
        if (status.getSnapshot() === 'subscribed') void this.#catchUp()
        else if (hasBegun) this.#missed ??= 0
        hasBegun ||= status.getSnapshot() === 'subscribed'
      }),
    )
    showMembers()
  }

  async #enter(): Promise<void> {
    const { presence } = this.#room
    const { signal } = this.#left
    try {
      await Promise.all([
        this.#room.subscribe({ rewind: REWIND, signal }),
        presence.watch({ signal }),
        presence.enter({ name: this.#name }),
      ])
    } catch (error) {
      if (!signal.aborted) this.#page.log.addNotice(`You cannot enter this room: ${messageOf(error)}`, 'warn')
    }
  }

  /**
   * The subscription has begun, or goes on after the connection was lost. What was missed comes right behind it, so the
   * answer to a call made now says that all of it is here.
   */
  async #catchUp(): Promise<void> {
    const { log, topic } = this.#page
    const answer = await settle(this.#room.call('topic'))
    if (this.#left.signal.aborted || this.#room.status !== 'subscribed') return
    if (answer.ok) topic.show(answer.value.topic)
    if (answer.ok && this.#missed !== undefined) log.addNotice(describeRecovery(this.#missed), 'good')
    this.#missed = undefined
  }

  async #tellName(name: string): Promise<void> {
    const result = await settle(this.#room.presence.update({ name }))
    if (result.ok || this.#left.signal.aborted) return
    this.#page.log.addNotice(`The others still see your old name: ${result.error.message}`, 'warn')
  }

  #attempt(data: { readonly id: string; readonly text: string; readonly name: string }): void {
    const { client, log } = this.#page
    log.addPending({ ...data, userId: client.userId ?? '', time: Date.now() })
    // The echo confirms it; a failure offers to try again, under the same id.
    this.#room.publish('message', data).catch((error: unknown) => {
      if (!this.#left.signal.aborted) log.fail(data.id, explain(error), () => this.#attempt(data))
    })
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const describeRecovery = (missed: number): string =>
  missed === 0
    ? 'Connected again; nothing was missed.'
    : `Connected again; recovered ${missed} missed ${missed === 1 ? 'message' : 'messages'}.`

/** Why a message was not sent, for its author. */
function explain(error: unknown): string {
  const code: unknown = error instanceof RoomcastError ? error.code : undefined
  if (code === 'invalidData') return 'a message has at most 2000 characters.'
  if (code === 'payloadTooLarge') return 'it is too large.'
  if (code === 'outcomeUnknown') return 'the connection was lost. It may have arrived.'
  return messageOf(error)
}

/** With 96 random bits, as every id of Roomcast has at least. */
const randomId = (): string => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(12))))
