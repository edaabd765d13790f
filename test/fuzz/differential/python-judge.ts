// Python's websockets as a process of its own that is fed cases, one line of answer each, in order.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { MAX_MESSAGE_BYTES, type Judge, type Verdict } from './verdict.ts'

const SCRIPT = fileURLToPath(new URL('./websockets_judge.py', import.meta.url))
/** Debian's: its package python3-websockets is for this one only. */
const PYTHON = '/usr/bin/python3'

/** Starts it; undefined if it is not installed. */
export async function startPythonJudge(): Promise<Judge | undefined> {
  const child = spawn(PYTHON, [SCRIPT, String(MAX_MESSAGE_BYTES)], { stdio: ['pipe', 'pipe', 'ignore'] })
  const gone = once(child, 'exit').catch(() => [])
  child.stdin.on('error', () => {})
  const waiting: ((line: string) => void)[] = []
  const first = new Promise<string>((resolve) => waiting.push(resolve))
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(line))
  const greeting = await Promise.race([first, gone.then(() => undefined)])
  if (greeting === undefined) return undefined
  const { version } = JSON.parse(greeting) as { version: string }
  return {
    name: `websockets ${version}`,
    judge: async (stream) => {
      const head = Buffer.alloc(4)
      head.writeUInt32BE(stream.length)
      child.stdin.write(Buffer.concat([head, stream]))
      const line = await new Promise<string>((resolve) => waiting.push(resolve))
      return JSON.parse(line) as Verdict
    },
    close: async () => {
      child.stdin.end()
      await gone
    },
  }
}
