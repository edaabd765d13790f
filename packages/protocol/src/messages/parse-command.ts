// From a decoded value to a command, without trusting anything. Written by hand: it runs for every message.
import { MAX_DATA_DEPTH, MAX_ID_LENGTH, MAX_ROOM_NAME_BYTES, MAX_SAFE_NUMBER } from '../limits.ts'
import type { Position } from '../position.ts'
import type { Command, ResumeProof } from './command.ts'

/** What a decoded value turned out to be. Errors of the peer are values. */
export type ParsedCommand =
  | { readonly kind: 'command'; readonly command: Command }
  /** Has an id, so it can be answered. */
  | {
      readonly kind: 'invalid'
      readonly id: number
      readonly code: 'invalidCommand' | 'unknownCommand'
      readonly message: string
    }
  /** Cannot be attributed to anything; the connection is closed with `malformedMessage`. */
  | { readonly kind: 'malformed'; readonly message: string }

type Fields = Readonly<Record<string, unknown>>
type Parser = (fields: Fields, id: number) => Command | string

const isId = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_SAFE_NUMBER

const isShort = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= MAX_ID_LENGTH

const isRoom = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= MAX_ROOM_NAME_BYTES

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

const isTag = (value: unknown): value is number => isCount(value) && value < 2 ** 32

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether arrays and objects nest deeper than `depth`, or a number is not finite, as JSON's `1e999` becomes. */
export function leavesJson(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return !Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return false
  if (depth === 0) return true
  if (Array.isArray(value)) return value.some((item) => leavesJson(item, depth - 1))
  for (const key in value) if (leavesJson((value as Fields)[key], depth - 1)) return true
  return false
}

const needsRoom = '`room` must be a non-empty string of at most 255 bytes'
const needsData = `\`data\` must be present, nest at most ${MAX_DATA_DEPTH} levels and hold finite numbers only`

/** `data` may be anything but absent, null included. */
const hasData = (fields: Fields): boolean =>
  fields.data !== undefined && !leavesJson(fields.data, MAX_DATA_DEPTH)

/** A parser of a command that names a room and nothing else. */
const roomOnly =
  (type: 'unsubscribe' | 'presenceLeave' | 'presenceWatch' | 'presenceUnwatch'): Parser =>
  ({ room }, id) =>
    isRoom(room) ? { type, id, room } : needsRoom

/** A parser of a command that names a room and carries data. */
const roomAndData =
  (type: 'presenceEnter' | 'presenceUpdate'): Parser =>
  (fields, id) => {
    if (!isRoom(fields.room)) return needsRoom
    if (!hasData(fields)) return needsData
    return { type, id, room: fields.room, data: fields.data }
  }

const parsers: ReadonlyMap<unknown, Parser> = new Map<Command['type'], Parser>([
  ['connect', parseConnect],
  ['subscribe', parseSubscribe],
  ['unsubscribe', roomOnly('unsubscribe')],
  ['publish', parsePublish],
  ['signal', parseSignal],
  ['call', parseCall],
  ['presenceEnter', roomAndData('presenceEnter')],
  ['presenceUpdate', roomAndData('presenceUpdate')],
  ['presenceLeave', roomOnly('presenceLeave')],
  ['presenceWatch', roomOnly('presenceWatch')],
  ['presenceUnwatch', roomOnly('presenceUnwatch')],
  ['ping', (_fields, id) => ({ type: 'ping', id })],
])

/**
 * Checks the form of a command: types, lengths, nesting. Unknown fields are ignored and not passed on.
 * Whether the room exists and the data fits is for the server to judge.
 */
export function parseCommand(value: unknown): ParsedCommand {
  if (!isRecord(value)) return { kind: 'malformed', message: 'a message must be an object' }
  const isSignal = value.type === 'signal'
  if (!isSignal && !isId(value.id)) {
    return { kind: 'malformed', message: '`id` must be an integer from 1 to 2^53 - 1' }
  }
  const id = isSignal ? 0 : (value.id as number)
  const parser = parsers.get(value.type)
  if (!parser) {
    return { kind: 'invalid', id, code: 'unknownCommand', message: 'there is no command of this `type`' }
  }
  const command = parser(value, id)
  if (typeof command !== 'string') return { kind: 'command', command }
  return isSignal
    ? { kind: 'malformed', message: command }
    : { kind: 'invalid', id, code: 'invalidCommand', message: command }
}

function parseConnect({ token, version, resume }: Fields, id: number): Command | string {
  if (token !== undefined && typeof token !== 'string') return '`token` must be a string'
  if (version !== undefined && !isCount(version)) return '`version` must be a non-negative integer'
  if (resume !== undefined && !isResumeProof(resume))
    return '`resume` must hold the strings `clientId` and `secret`'
  return {
    type: 'connect',
    id,
    ...(token === undefined ? {} : { token }),
    ...(version === undefined ? {} : { version }),
    ...(resume === undefined ? {} : { resume: { clientId: resume.clientId, secret: resume.secret } }),
  }
}

function isResumeProof(value: unknown): value is ResumeProof {
  return isRecord(value) && isShort(value.clientId) && isShort(value.secret)
}

function parseSubscribe({ room, recover, rewind }: Fields, id: number): Command | string {
  if (!isRoom(room)) return needsRoom
  if (recover !== undefined && !isPosition(recover)) return '`recover` must hold `epoch`, `offset` and `tag`'
  if (rewind !== undefined && !isCount(rewind)) return '`rewind` must be a non-negative integer'
  return {
    type: 'subscribe',
    id,
    room,
    ...(recover && { recover: { epoch: recover.epoch, offset: recover.offset, tag: recover.tag } }),
    ...(rewind !== undefined && { rewind }),
  }
}

function isPosition(value: unknown): value is Position {
  return isRecord(value) && isShort(value.epoch) && isCount(value.offset) && isTag(value.tag)
}

function parsePublish(fields: Fields, id: number): Command | string {
  const { room, event, publishId, data } = fields
  if (!isRoom(room)) return needsRoom
  if (!isShort(event)) return '`event` must be a string of 1 to 128 characters'
  if (!isShort(publishId)) return '`publishId` must be a string of 1 to 128 characters'
  if (!hasData(fields)) return needsData
  return { type: 'publish', id, room, event, publishId, data }
}

function parseSignal(fields: Fields): Command | string {
  const { room, signal, data } = fields
  if (!isRoom(room)) return needsRoom
  if (!isShort(signal)) return '`signal` must be a string of 1 to 128 characters'
  if (!hasData(fields)) return needsData
  return { type: 'signal', room, signal, data }
}

function parseCall(fields: Fields, id: number): Command | string {
  const { room, call, data } = fields
  if (!isRoom(room)) return needsRoom
  if (!isShort(call)) return '`call` must be a string of 1 to 128 characters'
  if (data !== undefined && !hasData(fields)) return needsData
  return { type: 'call', id, room, call, data: data ?? null }
}
