// A client written in Python: a process that takes tasks as lines of JSON, one at a time.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ClientPeer, Lacks } from '../peer.ts'
import type { Outcome, Task } from '../task.ts'
import { PYTHON } from '../python.ts'

type Answer = { readonly outcome: Outcome } | { readonly error: string }

export const pythonWebsocketsClient = (): ClientPeer =>
  startPython('websockets_client.py', { http2: 'it speaks HTTP/1.1 only' })

export const aiohttpClient = (): ClientPeer =>
  startPython('aiohttp_client.py', {
    fragments: 'its interface has no fragments',
    http2: 'it speaks HTTP/1.1 only',
  })

function startPython(script: string, lacks: Lacks): ClientPeer {
  const child = spawn(PYTHON, [fileURLToPath(new URL(script, import.meta.url))], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let complaints = ''
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()))
  child.stdin.on('error', () => {}) // it has ended; whoever waits for its answer is told why
  const ended = once(child, 'exit').then((): [string] => [''])
  const lines = createInterface({ input: child.stdout })
  let last: Promise<unknown> = Promise.resolve()

  const ask = async (task: Task): Promise<Outcome> => {
    const line = once(lines, 'line') as Promise<[string]>
    child.stdin.write(`${JSON.stringify(task)}\n`)
    const [text] = await Promise.race([line, ended])
    if (text === '') throw new Error(`${script} has ended: ${complaints}`)
    const answer = JSON.parse(text) as Answer
    if ('error' in answer) throw new Error(answer.error)
    return answer.outcome
  }
  return {
    lacks,
    run(task) {
      const outcome = last.then(() => ask(task))
      last = outcome.catch(() => {})
      return outcome
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end()
      child.kill('SIGKILL')
      await ended
    },
  }
}
