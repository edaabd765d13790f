// Makes the pictures in the documentation: two people in the demo, in real Chromium.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { startChat } from '../examples/chat/start-chat.ts'
import { findChromium } from './chromium.mjs'

const folder = fileURLToPath(new URL('../docs/images/', import.meta.url))

type Talk = readonly (readonly ['Ada' | 'Grace', string])[]

const BEFORE_THE_CUT: Talk = [
  ['Ada', 'Good morning! Did the compiler survive the night?'],
  ['Grace', 'It did, and so did its author. Every test is green.'],
  ['Ada', 'Lovely. Keep writing: I am about to pull my plug.'],
]
const WHILE_ADA_IS_AWAY: Talk = [
  ['Grace', 'Are you gone? I could not tell.'],
  ['Grace', 'I shall just carry on, then.'],
]
const AFTER_THE_CUT: Talk = [['Ada', 'Back again, and nothing is missing.']]

const executablePath = findChromium()
if (!executablePath) throw new Error('There is no Chromium here; install one or set CHROMIUM_PATH.')
const chat = await startChat({ port: 0, host: '127.0.0.1' })
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
try {
  await mkdir(folder, { recursive: true })
  const ada = await enter(browser, 'Ada Lovelace', { viewport: { width: 1280, height: 800 } })
  const grace = await enter(browser, 'Grace Hopper', {
    viewport: { width: 390, height: 844 },
    colorScheme: 'dark',
    deviceScaleFactor: 2,
  })
  await ada.getByRole('button', { name: 'Add a topic' }).click()
  await ada.getByLabel('Topic of this room').fill('Compilers, moths and other news')
  await ada.getByLabel('Topic of this room').press('Enter')
  const windows = { Ada: ada, Grace: grace }
  await talk(windows, BEFORE_THE_CUT)
  await ada.getByRole('button', { name: 'Cut the connection' }).click()
  await talk({ Grace: grace }, WHILE_ADA_IS_AWAY)
  await ada.getByText('recovered 2 missed messages').waitFor()
  await talk(windows, AFTER_THE_CUT)
  await ada.getByRole('button', { name: 'Cut the connection' }).waitFor()
  await ada.mouse.move(0, 0)
  await take(ada, grace, 'chat.png')
  await take(grace, ada, 'chat-phone-dark.png')
} finally {
  await browser.close()
  await chat.close()
}

async function enter(browser: Browser, name: string, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-GB', ...options })
  const page = await context.newPage()
  await page.goto(chat.url)
  await page.getByLabel('Your name').fill(name)
  await page.getByRole('button', { name: 'Join the chat' }).click()
  await page.getByRole('complementary').getByText(name).waitFor()
  return page
}

/** Lets people write, each when the others have read what came before. */
async function talk(windows: Readonly<Record<string, Page>>, lines: Talk): Promise<void> {
  for (const [author, text] of lines) {
    const composer = windows[author]!.getByRole('textbox', { name: 'Message' })
    await composer.fill(text)
    await composer.press('Enter')
    for (const page of Object.values(windows)) await page.locator('#messages').getByText(text).waitFor()
  }
}

/** Photographs one while the other is writing. */
async function take(page: Page, other: Page, file: string): Promise<void> {
  await other.getByRole('textbox', { name: 'Message' }).pressSequentially('Tea?')
  await page.getByText('is writing').waitFor()
  await page.screenshot({ path: join(folder, file) })
  await other.getByRole('textbox', { name: 'Message' }).fill('')
}
