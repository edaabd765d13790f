// What the page looks like on small screens and in both colour schemes, as far as that can be measured.
import { describe, expect, it } from 'vitest'
import { useStage, type ChatWindow } from '../support/chat-window.ts'

const TEXTS = [
  '.brand span',
  '.connection',
  '.cut',
  '.rooms h2',
  '.rooms a',
  '.rooms input::placeholder',
  'h1',
  '.topic',
  '.message .text',
  '.message .byline',
  '.message .byline b',
  '.message .avatar',
  '.failed .fate',
  '.failed button',
  '.composer textarea',
  '.composer textarea::placeholder',
  '.composer button',
  '.people .name',
  '.people small',
  '.people .quiet',
]

const SCREENS = [
  [320, 568],
  [390, 844],
  [768, 1024],
  [1280, 800],
] as const

const WAIT = { timeout: 20_000 }

/** Which colour a user gets is chance; this puts all of them beside a message. Runs inside the page. */
function showEveryAvatarColor(): void {
  const message = document.querySelector('.message:has(.avatar)')!
  for (let hue = 0; hue < 8; hue++) {
    const avatar = document.createElement('span')
    avatar.className = `avatar hue-${hue}`
    avatar.textContent = 'AB'
    message.append(avatar)
  }
}

describe('the page', () => {
  const stage = useStage()

  it('has texts of enough contrast, light and dark, connected and not', async () => {
    await using ada = await stage.join('Ada', { room: 'contrast' })
    await using grace = await stage.join('Grace', { room: 'contrast' })
    await grace.say('Hello, Ada!')
    await ada.expectTexts(['Hello, Ada!'])
    await ada.say('x'.repeat(5000))
    await expect.poll(() => ada.page.getByRole('button', { name: 'Try again' }).count(), WAIT).toBe(1)
    await ada.page.evaluate(showEveryAvatarColor)
    await ada.expectReadable(TEXTS)
    await ada.cut()
    await ada.expectReadable(TEXTS)
  })

  it('fits screens of every size', async () => {
    await using ada = await stage.join('Ada', { room: 'fits' })
    await ada.say(`A word that nobody would ever write: ${'o'.repeat(400)}`)
    await ada.expectNothingPending()
    for (const [width, height] of SCREENS) {
      await ada.page.setViewportSize({ width, height })
      const excess = await ada.page.evaluate(() => {
        const log = document.querySelector('#log')!
        const root = document.documentElement
        return { page: root.scrollWidth - root.clientWidth, log: log.scrollWidth - log.clientWidth }
      })
      expect({ width, ...excess }).toEqual({ width, page: 0, log: 0 })
      for (const control of [ada.composer, ada.page.getByRole('button', { name: 'Send' })]) {
        const box = (await control.boundingBox())!
        expect(box.x).toBeGreaterThanOrEqual(0)
        expect(box.x + box.width).toBeLessThanOrEqual(width)
        expect(box.y + box.height).toBeLessThanOrEqual(height)
      }
    }
  })

  it('stays where one reads, and says that there is more', async () => {
    await using ada = await stage.join('Ada', { room: 'scroll', viewport: { width: 390, height: 500 } })
    for (let line = 1; line <= 12; line++) await ada.say(`line ${line}`)
    await ada.expectNothingPending()
    await expect.poll(() => distanceToEnd(ada), WAIT).toBeLessThan(2)

    await using grace = await stage.join('Grace', { room: 'scroll' })
    await ada.page.locator('#log').evaluate((log) => (log.scrollTop = 0))
    await grace.say('a new one')
    const newer = ada.page.getByRole('button', { name: 'New messages' })
    await expect.poll(() => newer.isVisible(), WAIT).toBe(true)
    expect(await ada.page.locator('#log').evaluate((log) => log.scrollTop)).toBe(0)
    await newer.click()
    await expect.poll(() => distanceToEnd(ada), WAIT).toBeLessThan(2)
    await expect.poll(() => newer.isVisible(), WAIT).toBe(false)
  })
})

const distanceToEnd = (window: ChatWindow): Promise<number> =>
  window.page.locator('#log').evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight)
