// The demo in a real browser: one window, used as a person would. What the browser complains about fails the test.
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { findChromium } from '../../scripts/chromium.mjs'
import { measureContrasts } from './contrast.ts'
import { startChatProcess, type ServerProcess } from './server-process.ts'

/** Long enough for a reconnect: the page waits five seconds at most. */
const WAIT = { timeout: 20_000 }

/** WCAG AA for text of normal size. */
const MIN_CONTRAST = 4.5

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

/** Starts Chromium. Dispose of it when done. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium()
  if (!executablePath) throw new Error('There is no Chromium here; install one or set CHROMIUM_PATH.')
  return chromium.launch({ executablePath, args: QUIET })
}

/** What the tests of one file share. */
export interface Stage {
  readonly browser: Browser
  readonly server: ServerProcess
  /** Opens a window in a profile of its own, where the page asks for a name. */
  open(options?: WindowOptions): Promise<ChatWindow>
  /** Opens a window and joins. */
  join(name: string, options?: WindowOptions): Promise<ChatWindow>
}

/** One browser and one chat for all tests of this file; each test uses rooms of its own. */
export function useStage(): Stage {
  let browser: Browser
  let server: ServerProcess
  beforeAll(async () => {
    ;[browser, server] = await Promise.all([launchBrowser(), startChatProcess()])
  })
  afterAll(async () => {
    await browser.close()
    await server.kill()
    expect(server.complaints).toBe('')
  })
  return {
    get browser() {
      return browser
    },
    get server() {
      return server
    },
    open: (options) => ChatWindow.open(browser, server.url, options),
    join: (name, options) => ChatWindow.join(browser, server.url, name, options),
  }
}

/** How a window is opened. */
export interface WindowOptions extends BrowserContextOptions {
  /** @default 'lobby' */
  readonly room?: string
  /** Complaints of the browser that are part of the test. */
  readonly tolerated?: RegExp
}

/** A window with the chat in it. Disposing of it throws if the browser has complained. */
export class ChatWindow implements AsyncDisposable {
  readonly page: Page
  readonly #complaints: string[] = []

  constructor(page: Page, tolerated?: RegExp) {
    this.page = page
    const complain = (text: string): void => {
      if (!tolerated?.test(text)) this.#complaints.push(text)
    }
    page.on('pageerror', (error) => complain(error.stack ?? error.message))
    // Violations of the content security policy come this way too.
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complain(message.text())
    })
  }

  static async open(
    browser: Browser,
    url: string,
    { room = 'lobby', tolerated, ...options }: WindowOptions = {},
  ): Promise<ChatWindow> {
    const context = await browser.newContext(options)
    const window = new ChatWindow(await context.newPage(), tolerated)
    await window.page.goto(`${url}/#${room}`)
    return window
  }

  static async join(
    browser: Browser,
    url: string,
    name: string,
    options?: WindowOptions,
  ): Promise<ChatWindow> {
    const window = await ChatWindow.open(browser, url, options)
    await window.page.getByLabel('Your name').fill(name)
    await window.page.getByRole('button', { name: 'Join the chat' }).click()
    await window.expectState('Connected')
    await window.expectPerson(name)
    return window
  }

  /** Writes a message and sends it. */
  async say(text: string): Promise<void> {
    await this.composer.fill(text)
    await this.composer.press('Enter')
  }

  get composer() {
    return this.page.getByRole('textbox', { name: 'Message' })
  }

  /** The messages of the room's stream, in order. */
  texts(): Promise<string[]> {
    return this.page.locator('#messages .text').allTextContents()
  }

  /** The lines that nobody wrote. */
  notices(): Promise<string[]> {
    return this.page.locator('.notice').allTextContents()
  }

  /** Cuts the connection with the page's own button. */
  async cut(): Promise<void> {
    await this.page.getByRole('button', { name: 'Cut the connection' }).click()
    await this.expectState('Reconnecting')
  }

  /** What has the keyboard's focus, by its label or text. */
  focused(): Promise<string> {
    return this.page.evaluate(() => {
      const element = document.activeElement
      const label = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement
      return ((label ? element.labels?.[0]?.textContent : element?.textContent) ?? '').trim()
    })
  }

  /** Presses Tab until this has the focus. */
  async tabTo(name: string): Promise<void> {
    for (let presses = 0; presses < 30; presses++) {
      if ((await this.focused()) === name) return
      await this.page.keyboard.press('Tab')
    }
    throw new Error(`Tab does not lead to "${name}".`)
  }

  async expectState(state: string): Promise<void> {
    await expect.poll(() => this.page.getByRole('status').textContent(), WAIT).toBe(state)
  }

  async expectTexts(texts: readonly string[]): Promise<void> {
    await expect.poll(() => this.texts(), WAIT).toEqual(texts)
  }

  async expectNotice(text: string | RegExp): Promise<void> {
    await expect.poll(() => this.notices(), WAIT).toContainEqual(expect.stringMatching(text))
  }

  async expectPerson(name: string): Promise<void> {
    const names = this.page.getByRole('complementary').locator('.name')
    await expect.poll(() => names.allTextContents(), WAIT).toContain(name)
  }

  /** Measures the contrast of these texts in both colour schemes. */
  async expectReadable(selectors: readonly string[]): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await this.page.emulateMedia({ colorScheme })
      const contrasts = await this.page.evaluate(measureContrasts, selectors)
      expect(contrasts.filter(({ ratio }) => ratio < MIN_CONTRAST)).toEqual([])
    }
  }

  /** Waits until everything that was sent has found its place in the room. */
  async expectNothingPending(): Promise<void> {
    await expect.poll(() => this.page.locator('#pending > *').count(), WAIT).toBe(0)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close()
    if (this.#complaints.length > 0) {
      throw new Error(`The browser complained:\n${this.#complaints.join('\n')}`)
    }
  }
}
