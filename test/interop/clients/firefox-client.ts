// Debian's Firefox ESR, driven by puppeteer over WebDriver BiDi.
import puppeteer from 'puppeteer-core'
import type { ClientPeer } from '../peer.ts'
import { browserClient } from './browser-client.ts'

export async function firefoxClient(): Promise<ClientPeer> {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: '/usr/bin/firefox-esr',
    headless: true,
    acceptInsecureCerts: true,
    // Its sandbox wants namespaces, which containers do not give. The page is ours.
    env: { ...process.env, MOZ_DISABLE_CONTENT_SANDBOX: '1' },
  })
  const page = await browser.newPage()
  return browserClient({
    goto: async (url) => void (await page.goto(url)),
    evaluate: (expression) => page.evaluate(expression),
    close: () => browser.close(),
  })
}
