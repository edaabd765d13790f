// The form of everything that a server may send (§3-§8).
import {
  anything,
  closeCode,
  count,
  fields,
  flag,
  isFields,
  listOf,
  name,
  nullOr,
  oneOfTexts,
  ordinal,
  room,
  tag,
  text,
  type Shape,
} from './shape.ts'

const position = fields({ epoch: name, offset: count, tag })
const presencePosition = fields({ epoch: name, offset: count })
const publisher = fields({ userId: text, clientId: name })
const member = fields({ clientId: name, userId: text, data: anything })
const unrecovered = oneOfTexts('epochChanged', 'forked', 'expired')

const change: Shape = (value, place) =>
  isFields(value) && value.kind === 'leave'
    ? fields({ clientId: name })(value, place)
    : fields({ kind: oneOfTexts('enter', 'update'), member })(value, place)

/** A `reason` comes with `recovered: false` and with nothing else. */
const subscribed: Shape = (value, place) => {
  const fault = fields(
    {
      position,
      replay: count,
      channel: fields({ history: nullOr(fields({ maxItems: ordinal, ttlMs: ordinal })), presence: flag }),
    },
    { recovered: flag, reason: unrecovered },
  )(value, place)
  if (fault !== undefined || !isFields(value)) return fault
  const hasReason = value.reason !== undefined
  return hasReason === (value.recovered === false)
    ? undefined
    : `${place} has recovered and reason that do not fit`
}

const nothing = fields({})

/** A map, because the names come from peers and tests that mean harm. */
function shapesByName(shapes: Readonly<Record<string, Shape>>): ReadonlyMap<string, Shape> {
  return new Map(Object.entries(shapes))
}

/** The `result` that answers each command. */
const RESULTS = shapesByName({
  connect: fields({
    sessionId: name,
    clientId: name,
    secret: name,
    userId: text,
    contract: oneOfTexts('same', 'accepted'),
    contractHash: text,
    limits: fields({ maxMessageBytes: ordinal, maxSubscriptions: ordinal, maxOutstandingCommands: ordinal }),
    heartbeatMs: ordinal,
    dedupeWindowMs: count,
  }),
  subscribe: subscribed,
  publish: fields({ position: fields({ epoch: name, offset: ordinal, tag }) }),
  call: fields({ data: anything }),
  presenceWatch: fields({ members: listOf(member), position: presencePosition }),
})

const error = fields(
  { code: text, message: text },
  { temporary: flag, outcome: oneOfTexts('unknown', 'notApplied'), retryAfterMs: count },
)

const MESSAGES = shapesByName({
  reply: fields({ id: ordinal, result: nothing }),
  error: fields({ id: ordinal, error }),
  publication: fields(
    { room, id: name, event: name, offset: ordinal, tag, time: count, data: anything },
    { from: publisher },
  ),
  signal: fields({ room, signal: name, data: anything }, { from: publisher }),
  presence: fields({ room, position: presencePosition, change }),
  reset: fields({ room, position, reason: unrecovered }),
  unsubscribed: fields({ room, code: closeCode, reason: text }),
  drain: fields({ windowMs: count }),
})

/** What is wrong with the form of a message. Pushes of an unknown type are allowed, since clients ignore them. */
export function faultOfMessage(message: unknown): string | undefined {
  if (!isFields(message) || typeof message.type !== 'string') return 'a message without a type'
  return MESSAGES.get(message.type)?.(message, message.type)
}

/** What is wrong with the answer to a command of this type. */
export function faultOfResult(type: string, result: unknown): string | undefined {
  return (RESULTS.get(type) ?? nothing)(result, `the result of ${type}`)
}
