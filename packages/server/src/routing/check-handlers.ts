// Handlers that the compiler did not see: a misspelt name would refuse everyone in silence.
import type { ChannelDefinition } from '@roomcast/protocol'

/** Handlers that are functions, and not functions by name. */
const FUNCTIONS: readonly string[] = [
  'canSubscribe',
  'onSubscribed',
  'onUnsubscribed',
  'onOpened',
  'onClosed',
]

/** @throws {TypeError} for a handler that is no function, or whose name the contract does not have. */
export function checkHandlers(pattern: string, channel: ChannelDefinition, handlers: object): void {
  const { canPublish, calls, transform, onPublished, ...others } = handlers as Record<string, unknown>
  const stranger = Object.keys(others).find((name) => !FUNCTIONS.includes(name))
  if (stranger !== undefined) throw new TypeError(`"${pattern}": there is no handler called \`${stranger}\`.`)
  checkFunctions(pattern, '', others, others)
  checkFunctions(pattern, 'canPublish.', canPublish, { ...channel.events, ...channel.signals })
  checkFunctions(pattern, 'transform.', transform, channel.events ?? {})
  checkFunctions(pattern, 'onPublished.', onPublished, channel.events ?? {})
  checkFunctions(pattern, 'calls.', calls, channel.calls ?? {})
}

function checkFunctions(pattern: string, prefix: string, functions: unknown, known: object): void {
  for (const [name, value] of Object.entries(functions ?? {})) {
    if (!Object.hasOwn(known, name)) {
      throw new TypeError(`"${pattern}": \`${prefix}${name}\` is not in the contract.`)
    }
    if (value !== undefined && typeof value !== 'function') {
      throw new TypeError(`"${pattern}": \`${prefix}${name}\` must be a function.`)
    }
  }
}
