import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { checkHandlers } from './check-handlers.ts'

const channel = { events: { message: z.string() }, signals: { typing: z.boolean() }, calls: { rename: {} } }
const yes = (): boolean => true

describe('checkHandlers', () => {
  it('accepts what the contract has, and what is left out', () => {
    const canPublish = { message: yes, typing: yes }
    expect(() =>
      checkHandlers('c', channel, { canSubscribe: yes, canPublish, calls: { rename: yes } }),
    ).not.toThrow()
    const hooks = { onSubscribed: yes, onUnsubscribed: undefined, onOpened: yes, onClosed: yes }
    const byEvent = { transform: { message: yes }, onPublished: { message: yes } }
    expect(() => checkHandlers('c', channel, { ...hooks, ...byEvent })).not.toThrow()
    expect(() => checkHandlers('c', channel, {})).not.toThrow()
  })

  it.each([
    [{ canSubscrib: yes }, 'canSubscrib'],
    [{ canSubscribe: true }, 'canSubscribe` must be a function'],
    [{ canPublish: { mesage: yes } }, 'canPublish.mesage'],
    [{ canPublish: { constructor: yes } }, 'canPublish.constructor'],
    [{ calls: { renam: yes } }, 'calls.renam'],
    [{ transform: { typing: yes } }, 'transform.typing'],
    [{ onPublished: { typing: yes } }, 'onPublished.typing'],
    [{ onSubscribed: 1 }, 'onSubscribed` must be a function'],
    [{ calls: { rename: 'yes' } }, 'calls.rename` must be a function'],
  ])('refuses %j by name', (handlers, text) => {
    expect(() => checkHandlers('c', channel, handlers)).toThrow(text)
  })
})
