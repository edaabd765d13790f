// connect: who is this, does its contract fit, and which client does it continue?
import type { CommandOf, ContractVerdict } from '@roomcast/protocol/wire'
import { randomId } from '../../random.ts'
import type { SessionInfo } from '../../routing/handlers.ts'
import type { ConnectionRequest } from '../services.ts'
import type { SessionContext } from '../session-context.ts'

/**
 * Answers `connect`, or closes the connection. Verdicts come after the handshake because a browser cannot see a refused
 * one. Rejects if `authenticate` does.
 */
export async function connect(
  session: SessionContext,
  command: CommandOf<'connect'>,
  request: ConnectionRequest,
): Promise<SessionInfo | undefined> {
  const { services } = session
  const verdict = judgeVersion(command.version, services.acceptVersions)
  if (!verdict) {
    session.disconnect('contractIncompatible')
    return undefined
  }
  const identity = await services.authenticate({ token: command.token, request })
  if (session.isClosed) return undefined
  if (!identity) {
    session.disconnect('unauthorized')
    return undefined
  }
  const { userId } = identity
  if (typeof userId !== 'string' || userId === '') {
    throw new TypeError('authenticate must return an object whose userId is a non-empty string, or null')
  }
  const { clientId, secret } = services.resume.claim(userId, command.resume)
  const info: SessionInfo = { id: randomId(services.random), userId, clientId, identity }
  session.sendOwn({
    type: 'reply',
    id: command.id,
    result: { sessionId: info.id, clientId, secret, userId, contract: verdict, ...services.announcement },
  })
  return info
}

/** A client that names no version takes its chances. */
function judgeVersion(version: number | undefined, accepted: readonly number[]): ContractVerdict | undefined {
  if (version === undefined || version === accepted[0]) return 'same'
  return accepted.includes(version) ? 'accepted' : undefined
}
