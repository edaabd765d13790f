// `npm start` ends here: the chat as a program, configured by PORT and HOST.
import { startChat, type Chat } from './start-chat.ts'

const { PORT = '3000', HOST = '127.0.0.1' } = process.env
const port = Number(PORT)

if (!/^\d+$/.test(PORT) || port > 65_535) {
  stop(`PORT must be a number from 0 to 65535, not "${PORT}".`)
} else {
  try {
    const chat = await startChat({ port, host: HOST })
    closeOnSignals(chat)
    console.log(`Roomcast chat: ${chat.url}`)
  } catch (error) {
    stop(explain(error))
  }
}

function closeOnSignals(chat: Chat): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // `once`: a second Ctrl+C ends the process at once.
    process.once(signal, () => void chat.close())
  }
}

function explain(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `Port ${port} is in use. Stop what uses it, or choose another, such as: PORT=${port + 1} npm start`
  }
  return `Could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
}

function stop(message: string): void {
  console.error(message)
  process.exitCode = 1
}
