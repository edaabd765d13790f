// Two people chat in real Chromium: what they see of each other, and what a lost connection does to it.
import { describe, expect, it } from 'vitest'
import { useStage } from '../support/chat-window.ts'

const WAIT = { timeout: 20_000 }

const numbered = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix} ${index + 1}`)

describe('a chat between two windows', () => {
  const stage = useStage()

  it('shows messages, who is there and who is writing', async () => {
    await using ada = await stage.join('Ada', { room: 'two' })
    await using grace = await stage.join('Grace', { room: 'two' })
    await ada.expectPerson('Grace')
    await grace.expectPerson('Ada')

    await ada.say('Hello, Grace!')
    await grace.expectTexts(['Hello, Grace!'])
    await grace.composer.pressSequentially('Hello')
    await expect.poll(() => ada.page.locator('#typing').textContent(), WAIT).toBe('Grace is writing …')
    await grace.say('Hello, Ada!')

    await ada.expectTexts(['Hello, Grace!', 'Hello, Ada!'])
    await expect.poll(() => ada.page.locator('#typing').textContent(), WAIT).toBe('')
    await ada.expectNothingPending()
    expect(await ada.page.locator('#messages .own .text').allTextContents()).toEqual(['Hello, Grace!'])
  })

  it('shows what was written before one came, and the topic', async () => {
    await using ada = await stage.join('Ada', { room: 'history' })
    await ada.say('first')
    await ada.say('second')
    await ada.page.getByRole('button', { name: 'Add a topic' }).click()
    await ada.page.getByLabel('Topic of this room').fill('Engines')
    await ada.page.getByLabel('Topic of this room').press('Enter')
    await ada.expectNotice('Ada set the topic: Engines')

    await using grace = await stage.join('Grace', { room: 'history' })
    await grace.expectTexts(['first', 'second'])
    await expect.poll(() => grace.page.locator('#topic').textContent(), WAIT).toBe('Engines')
  })

  it('counts two windows of one user as one person', async () => {
    await using ada = await stage.join('Ada', { room: 'windows' })
    const second = await ada.page.context().newPage()
    await second.goto(`${stage.server.url}/#windows`)
    await expect
      .poll(() => ada.page.locator('#people li').allTextContents(), WAIT)
      .toEqual([expect.stringContaining('Ada')])
    await expect.poll(() => ada.page.locator('#people small').textContent(), WAIT).toBe('you, 2 windows')
    await second.close()
  })

  it('recovers what it missed while the connection was cut, and sends what was written meanwhile once', async () => {
    await using ada = await stage.join('Ada', { room: 'cut' })
    await using grace = await stage.join('Grace', { room: 'cut' })
    await grace.say('before')
    await ada.expectTexts(['before'])

    await ada.cut()
    const missed = numbered('from Grace', 20)
    for (const text of missed) await grace.say(text)
    const kept = numbered('from Ada', 3)
    for (const text of kept) await ada.say(text)
    await grace.expectTexts(['before', ...missed])
    expect(await ada.texts()).toEqual(['before'])

    const all = ['before', ...missed, ...kept]
    await ada.expectTexts(all)
    await grace.expectTexts(all)
    await ada.expectState('Connected')
    await ada.expectNotice('Connected again; recovered 20 missed messages.')
    await ada.expectReadable(['.notice.good span'])
    await ada.expectNothingPending()
    await grace.expectPerson('Ada')
  })

  it('shows a message that the contract refuses as failed, and goes on', async () => {
    await using ada = await stage.join('Ada', { room: 'refused' })
    await ada.say('x'.repeat(5000))
    const fate = ada.page.locator('.failed .fate')
    await expect.poll(() => fate.textContent(), WAIT).toContain('at most 2000 characters')
    await ada.page.getByRole('button', { name: 'Try again' }).click()
    await expect.poll(() => fate.textContent(), WAIT).toContain('at most 2000 characters')

    await ada.say('short')
    await ada.expectTexts(['short'])
  })

  it('says so when there can be no room of a name, and goes on', async () => {
    await using ada = await stage.join('Ada')
    await ada.page.goto(`${stage.server.url}/#${'r'.repeat(41)}`)
    await ada.expectNotice('You cannot enter this room')
    await ada.page.goto(`${stage.server.url}/#${'r'.repeat(300)}`)
    await expect.poll(() => ada.page.locator('#empty').textContent(), WAIT).toContain('no room of this name')
    await ada.page.goto(`${stage.server.url}/#possible`)
    await ada.say('here')
    await ada.expectTexts(['here'])
  })

  it('can be used with the keyboard alone', async () => {
    await using ada = await stage.open({ room: 'lobby' })
    const { keyboard } = ada.page
    await expect.poll(() => ada.focused(), WAIT).toBe('Your name')
    await keyboard.type('Ada')
    await keyboard.press('Enter')
    await expect.poll(() => ada.focused(), WAIT).toBe('Message')
    await ada.expectState('Connected')

    await ada.tabTo('books')
    await keyboard.press('Enter')
    await expect.poll(() => ada.page.getByRole('heading', { level: 1 }).textContent(), WAIT).toBe('#books')
    await expect.poll(() => ada.focused(), WAIT).toBe('books')
    await ada.tabTo('Go to any room')
    await keyboard.type('keyboards')
    await keyboard.press('Enter')
    await expect.poll(() => ada.focused(), WAIT).toBe('Message')
    await ada.expectPerson('Ada')
    await keyboard.type('no mouse')
    await keyboard.press('Shift+Enter')
    await keyboard.type('needed')
    await keyboard.press('Enter')
    await ada.expectTexts(['no mouse\nneeded'])

    await ada.tabTo('Add a topic')
    await keyboard.press('Enter')
    await expect.poll(() => ada.focused(), WAIT).toBe('Topic of this room')
    await keyboard.press('Escape')
    await expect.poll(() => ada.focused(), WAIT).toBe('Add a topic')
  })
})
