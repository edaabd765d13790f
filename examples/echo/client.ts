// `pnpm echo:client URL` ends here: connects and echoes every message until the server closes.
import { connectWebSocket, type WebSocketCloseEvent } from '@roomcast/server/websocket'
import { echoAll, OPEN_DEFLATE, OPEN_LIMITS } from './echo.ts'
import { onStop } from './on-stop.ts'
import { readSwitch } from './settings.ts'

const HELP = `Usage: pnpm echo:client URL

Connects to a WebSocket server at URL (ws://… or wss://…) and echoes every message until the server closes.

  DEFLATE=1   offers permessage-deflate
  --help      prints this

Certificates are not verified, since servers under test sign their own. Ends with 0 after a clean close, else with 1.`

const [target, ...others] = process.argv.slice(2).filter((argument) => argument !== '--')

if (target === '--help' || target === '-h') console.log(HELP)
else if (target === undefined || others.length > 0) stop(HELP)
else await run(target).catch((error: unknown) => stop(explain(error)))

async function run(url: string): Promise<void> {
  const connection = await connectWebSocket(url, {
    deflate: readSwitch(process.env, 'DEFLATE') && OPEN_DEFLATE,
    limits: OPEN_LIMITS,
    tls: { rejectUnauthorized: false },
  })
  onStop(() => connection.close(1001))
  echoAll(connection, report)
  console.log(`echo:client: open ${url}`)
}

function report({ code, reason, wasClean }: WebSocketCloseEvent): void {
  console.log(`echo:client: closed ${code}${reason === '' ? '' : ` ${JSON.stringify(reason)}`}`)
  if (!wasClean) process.exitCode = 1
}

function explain(error: unknown): string {
  return `echo:client: ${error instanceof Error ? error.message : String(error)}`
}

function stop(message: string): void {
  console.error(message)
  process.exitCode = 1
}
