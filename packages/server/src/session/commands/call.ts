// call: the application's handler answers, with data or with an error that the contract declares.
import type { CallDefinition } from '@roomcast/protocol'
import type { CommandOf } from '@roomcast/protocol/wire'
import type { AnyContext } from '../../routing/authorizer.ts'
import type { Route } from '../../routing/channel-router.ts'
import { validateData, type ValidatedData } from '../../routing/parse-data.ts'
import { isThenable } from '../../util/is-thenable.ts'
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

type Outcome = CommandOutcome<'call'>

interface Callee {
  readonly definition: CallDefinition
  readonly handler: (context: AnyContext) => unknown
}

/**
 * Calls run side by side. A handler that throws is answered with `internal`, and its error is logged. Answers at once if the
 * application does.
 */
export function call(
  session: OpenSession,
  route: Route,
  command: CommandOf<'call'>,
): Outcome | Promise<Outcome> {
  const definition = ownValue(route.definition.calls, command.call)
  const handler = ownValue(session.services.authorizer.handlersOf(route.pattern)?.calls, command.call)
  if (!definition || !handler) return fail('unknownCall')
  const callee = { definition, handler }
  const refused = refuseRoom(session, route)
  return refused instanceof Promise
    ? refused.then((later) => later ?? run(session, route, callee, command.data))
    : (refused ?? run(session, route, callee, command.data))
}

function run(
  session: OpenSession,
  route: Route,
  { definition, handler }: Callee,
  data: unknown,
): Outcome | Promise<Outcome> {
  if (session.isClosed) return fail('unavailable')
  const input = parseInput(definition, data)
  if (!input.ok) return fail('invalidData', { data: { issues: input.issues } })
  const { params, room } = session.services.authorizer.context(session.info, route)
  try {
    const output = handler({ session: session.info, params, room, input: input.value, fail: failCall })
    return isThenable(output) ? settle(definition, output) : answer(definition, output)
  } catch (error) {
    return failed(definition, error)
  }
}

async function settle(definition: CallDefinition, output: PromiseLike<unknown>): Promise<Outcome> {
  try {
    return answer(definition, await output)
  } catch (error) {
    return failed(definition, error)
  }
}

/** What handlers end with if the answer is an error that the contract declares. */
function failCall(code: string, data: unknown): never {
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- control flow, caught below
  throw new DeclaredFailure(code, data)
}

function failed(definition: CallDefinition, error: unknown): Outcome {
  if (error instanceof DeclaredFailure) return declaredFailure(definition, error)
  // Wrapped, so that an error of ours which the handler ran into is not taken for the answer to the client.
  throw new Error('a call handler failed', { cause: error })
}

function parseInput(definition: CallDefinition, data: unknown): ValidatedData {
  return definition.input ? validateData(definition.input, data) : { ok: true, value: undefined }
}

function answer(definition: CallDefinition, output: unknown): Outcome {
  if (!definition.output) return succeed<'call'>({ data: null })
  const parsed = validateData(definition.output, output)
  if (!parsed.ok)
    throw new TypeError(
      `a call handler returned what its contract does not allow: ${describe(parsed.issues)}`,
    )
  return succeed<'call'>({ data: parsed.value })
}

function declaredFailure(definition: CallDefinition, { code, data }: DeclaredFailure): Outcome {
  const schema = ownValue(definition.errors, code)
  if (!schema)
    throw new TypeError(`a call handler failed with "${code}", which its contract does not declare`)
  const parsed = validateData(schema, data)
  if (!parsed.ok)
    throw new TypeError(`the data of "${code}" is not what its contract declares: ${describe(parsed.issues)}`)
  return { ok: false, error: { code, message: `The call failed with "${code}".`, data: parsed.value } }
}

const describe = (issues: readonly { readonly message: string }[]): string =>
  issues.map(({ message }) => message).join('; ')
