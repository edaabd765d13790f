// call: the application's handler answers, with data or with an error that the contract declares.
import type { CallDefinition } from '@roomcast/protocol'
import type { CommandOf } from '@roomcast/protocol/wire'
import type { Route } from '../../routing/channel-router.ts'
import { parseData } from '../../routing/parse-data.ts'
import { ownValue } from '../../util/own-value.ts'
import { fail, succeed, type CommandOutcome } from '../outcome.ts'
import type { OpenSession } from '../session-context.ts'
import { refuseRoom } from './authorize.ts'

/** Carries a declared error out of a handler; never leaves this file. */
class DeclaredFailure {
  readonly code: string
  readonly data: unknown

  constructor(code: string, data: unknown) {
    this.code = code
    this.data = data
  }
}

/** Calls run side by side. A handler that throws is answered with `internal`, and its error is logged. */
export async function call(
  session: OpenSession,
  route: Route,
  command: CommandOf<'call'>,
): Promise<CommandOutcome<'call'>> {
  const { authorizer } = session.services
  const definition = ownValue(route.definition.calls, command.call)
  const handler = ownValue(authorizer.handlersOf(route.pattern)?.calls, command.call)
  if (!definition || !handler) return fail('unknownCall')
  const refused = await refuseRoom(session, route)
  if (refused) return refused
  if (session.isClosed) return fail('unavailable')
  const input = parseInput(definition, command.data)
  if (!input.ok) return fail('invalidData', { data: { issues: input.issues } })
  try {
    const output = await handler({
      ...authorizer.context(session.info, route),
      input: input.value,
      fail: (code: string, data: unknown): never => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- control flow, caught below
        throw new DeclaredFailure(code, data)
      },
    })
    return answer(definition, output)
  } catch (error) {
    if (error instanceof DeclaredFailure) return declaredFailure(definition, error)
    // Wrapped, so that an error of ours which the handler ran into is not taken for the answer to the client.
    throw new Error('a call handler failed', { cause: error })
  }
}

function parseInput(definition: CallDefinition, data: unknown): ReturnType<typeof parseData> {
  return definition.input ? parseData(definition.input, data) : { ok: true, value: undefined, json: 'null' }
}

function answer(definition: CallDefinition, output: unknown): CommandOutcome<'call'> {
  if (!definition.output) return succeed<'call'>({ data: null })
  const parsed = parseData(definition.output, output)
  if (!parsed.ok)
    throw new TypeError(
      `a call handler returned what its contract does not allow: ${describe(parsed.issues)}`,
    )
  return succeed<'call'>({ data: parsed.value })
}

function declaredFailure(
  definition: CallDefinition,
  { code, data }: DeclaredFailure,
): CommandOutcome<'call'> {
  const schema = ownValue(definition.errors, code)
  if (!schema)
    throw new TypeError(`a call handler failed with "${code}", which its contract does not declare`)
  const parsed = parseData(schema, data)
  if (!parsed.ok)
    throw new TypeError(`the data of "${code}" is not what its contract declares: ${describe(parsed.issues)}`)
  return { ok: false, error: { code, message: `The call failed with "${code}".`, data: parsed.value } }
}

const describe = (issues: readonly { readonly message: string }[]): string =>
  issues.map(({ message }) => message).join('; ')
