// A browser as a client: a page of our server does the tasks, so that origins are what they are for users.
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { ClientPeer, Lacks } from '../peer.ts'
import type { Outcome, Task } from '../task.ts'

/** A window of a browser, however it is driven. */
export interface BrowserWindow {
  goto(url: string): Promise<void>
  /** Resolves with what the promise that this expression gives resolves with. */
  evaluate(expression: string): Promise<unknown>
  close(): Promise<void>
}

const LACKS: Lacks = {
  fragments: 'its interface has no fragments',
  ping: 'its interface has no pings',
}

/** Makes a client of a window. `http2` says why it cannot open WebSockets over HTTP/2, if it cannot. */
export async function browserClient(window: BrowserWindow, lacks: Lacks = {}): Promise<ClientPeer> {
  const script = await bundle()
  let place: string | undefined
  return {
    lacks: { ...LACKS, ...lacks },
    async run(task: Task): Promise<Outcome> {
      const { host, protocol } = new URL(task.url)
      const page = `${protocol === 'wss:' ? 'https' : 'http'}://${host}/`
      if (page !== place) {
        place = page
        await window.goto(page)
        await window.evaluate(`${script};Promise.resolve()`)
      }
      return (await window.evaluate(`runTask(${JSON.stringify(task)})`)) as Outcome
    },
    [Symbol.asyncDispose]: () => window.close(),
  }
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page-agent.ts', import.meta.url))],
    bundle: true,
    format: 'iife',
    target: 'es2022',
    write: false,
  })
  return outputFiles[0]!.text
}
