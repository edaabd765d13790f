// WebKitGTK's MiniBrowser, driven by plain WebDriver requests, on a display of its own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import type { ClientPeer } from '../peer.ts'
import { eventually, freePort } from '../waiting.ts'
import { browserClient } from './browser-client.ts'

/** How long a script may take in milliseconds; the tasks have their own deadline, which is shorter. */
const SCRIPT_TIMEOUT_MS = 120_000

export async function webkitClient(): Promise<ClientPeer> {
  const port = await freePort()
  // A group of its own: the wrapper, the display and the browser end together.
  const driver = spawn('xvfb-run', ['-a', 'WebKitWebDriver', `--port=${port}`], {
    env: { ...process.env, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' },
    stdio: 'ignore',
    detached: true,
  })
  const ended = once(driver, 'exit')
  const base = `http://127.0.0.1:${port}`
  const stop = async (): Promise<void> => {
    if (driver.exitCode === null && driver.signalCode === null) process.kill(-driver.pid!, 'SIGKILL')
    await ended
  }
  try {
    await eventually('the WebDriver of WebKit answers', async () => (await fetch(`${base}/status`)).ok)
    const { sessionId } = (await ask('POST', `${base}/session`, {
      capabilities: {
        alwaysMatch: {
          acceptInsecureCerts: true,
          'webkitgtk:browserOptions': { binary: miniBrowser(), args: ['--automation'] },
        },
      },
    })) as { sessionId: string }
    const session = `${base}/session/${sessionId}`
    await ask('POST', `${session}/timeouts`, { script: SCRIPT_TIMEOUT_MS })
    const lacks = { http2: 'WebKitGTK opens a second connection, with HTTP/1.1, for WebSockets' }
    return await browserClient(
      {
        goto: async (url) => void (await ask('POST', `${session}/url`, { url })),
        evaluate: (expression) => ask('POST', `${session}/execute/async`, asyncScript(expression)),
        close: async () => {
          await ask('DELETE', session)
          await stop()
        },
      },
      lacks,
    )
  } catch (error) {
    await stop()
    throw error
  }
}

/** The promise's value goes to the callback that WebDriver passes last. */
function asyncScript(expression: string): { readonly script: string; readonly args: readonly unknown[] } {
  const script = `const done = arguments[arguments.length - 1]; (0, eval)(${JSON.stringify(expression)}).then(done)`
  return { script, args: [] }
}

async function ask(method: string, url: string, body?: unknown): Promise<unknown> {
  const response = await fetch(url, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  const { value } = (await response.json()) as { value: unknown }
  if (!response.ok) throw new Error(`WebDriver: ${JSON.stringify(value)}`)
  return value
}

/** Where Debian puts it differs by architecture. */
function miniBrowser(): string {
  for (const folder of readdirSync('/usr/lib')) {
    const found = ['webkit2gtk-4.1', 'webkit2gtk-4.0']
      .map((version) => `/usr/lib/${folder}/${version}`)
      .find((place) => exists(place))
    if (found) return `${found}/MiniBrowser`
  }
  throw new Error('There is no MiniBrowser of WebKitGTK here.')
}

function exists(folder: string): boolean {
  try {
    return readdirSync(folder).includes('MiniBrowser')
  } catch {
    return false
  }
}
