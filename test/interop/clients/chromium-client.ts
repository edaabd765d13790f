// Chromium, driven by Playwright.
import { launchBrowser } from '../../support/chat-window.ts'
import type { ClientPeer } from '../peer.ts'
import { browserClient } from './browser-client.ts'

export async function chromiumClient(): Promise<ClientPeer> {
  const browser = await launchBrowser()
  const page = await browser.newPage({ ignoreHTTPSErrors: true })
  return browserClient({
    goto: async (url) => void (await page.goto(url)),
    evaluate: (expression) => page.evaluate(expression),
    close: () => browser.close(),
  })
}
