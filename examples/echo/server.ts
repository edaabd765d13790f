// `pnpm echo` ends here: the echo server as a program, configured by PORT, DEFLATE, TLS and H2.
import { onStop } from './on-stop.ts'
import { readSettings, type EchoSettings } from './settings.ts'
import { startEcho } from './start-echo.ts'

try {
  const settings = readSettings(process.env)
  const echo = await startEcho(settings).catch((error: unknown) => {
    throw new Error(explain(error, settings), { cause: error })
  })
  onStop(() => void echo.close())
  console.log(`echo: ${echo.url}`)
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

function explain(error: unknown, { port }: EchoSettings): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') {
    return `Port ${port} is in use. Stop what uses it, or choose another, such as: PORT=0 pnpm echo`
  }
  if (code === 'EACCES') return `Port ${port} may only be used by root; choose one from 1024 on, or 0.`
  return `Could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
}
