// The server dies without a farewell and comes back with an empty memory: the page says so, and goes on.
import { expect, it } from 'vitest'
import { ChatWindow, launchBrowser } from '../support/chat-window.ts'
import { startChatProcess } from '../support/server-process.ts'

it('says honestly that history was lost when the server was killed and restarted, and goes on', async () => {
  await using browser = await launchBrowser()
  await using first = await startChatProcess()
  // Attempts while nobody listens are the point of this test, and the browser reports each of them.
  const options = { tolerated: /WebSocket connection to .* failed|net::ERR_CONNECTION_REFUSED/ }
  await using ada = await ChatWindow.join(browser, first.url, 'Ada', options)
  await using grace = await ChatWindow.join(browser, first.url, 'Grace', options)
  await ada.say('before')
  await grace.expectTexts(['before'])

  await first.kill()
  await ada.expectState('Reconnecting')
  await ada.say('while nobody listens')
  await using second = await startChatProcess(first.port)
  for (const window of [ada, grace]) {
    await window.expectState('Connected')
    await window.expectNotice('The server was restarted.')
  }

  await grace.expectPerson('Ada')
  await ada.expectPerson('Grace')
  await grace.say('after')
  for (const window of [ada, grace]) {
    await window.expectTexts(['before', 'while nobody listens', 'after'])
    await window.expectReadable(['.notice.warn span'])
    expect(await window.notices()).not.toContainEqual(expect.stringContaining('recovered'))
  }
  await ada.expectNothingPending()
  expect(second.complaints).toBe('')
})
