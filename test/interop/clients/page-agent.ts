// Runs inside a browser's page: does one task with the browser's own WebSocket. Bundled by `browser-page.ts`.
import type { MessageSpec, Outcome, Task } from '../task.ts'

type Message = string | Uint8Array<ArrayBuffer>

function build({ type, unit, times }: MessageSpec): Message {
  if (type === 'text') return unit.repeat(times)
  const one = Uint8Array.from({ length: unit.length / 2 }, (_, index) =>
    parseInt(unit.slice(index * 2, index * 2 + 2), 16),
  )
  const bytes = new Uint8Array(one.length * times)
  for (let time = 0; time < times; time++) bytes.set(one, time * one.length)
  return bytes
}

function isEqual(expected: Message | undefined, actual: string | ArrayBuffer): boolean {
  if (typeof actual === 'string') return actual === expected
  if (!(expected instanceof Uint8Array) || expected.length !== actual.byteLength) return false
  const bytes = new Uint8Array(actual)
  return expected.every((byte, index) => byte === bytes[index])
}

function runTask(task: Task): Promise<Outcome> {
  return new Promise((resolve) => {
    const expected = task.messages.map(build)
    let echoed = 0
    let mismatch: string | undefined
    let firstText: string | undefined
    const socket = new WebSocket(task.url, [...task.protocols])
    socket.binaryType = 'arraybuffer'
    const finish = (): void => {
      if (task.close) socket.close(task.close.code, task.close.reason)
    }
    socket.onopen = () => {
      for (const message of expected) socket.send(message)
      if (expected.length === 0) finish()
    }
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      firstText ??= typeof data === 'string' ? data.slice(0, 1000) : ''
      if (isEqual(expected[echoed], data)) echoed++
      else mismatch ??= `message ${echoed} came back wrong`
      if (echoed === expected.length) finish()
    }
    socket.onclose = ({ code, reason }) => {
      const { protocol: subprotocol, extensions } = socket
      const details = { ...(mismatch && { mismatch }), ...(firstText !== undefined && { firstText }) }
      resolve({ subprotocol, extensions, echoed, ...details, closed: { code, reason } })
    }
  })
}

Object.assign(window, { runTask })
