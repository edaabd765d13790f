// The public face of the wire protocol: messages, codes, names and the JSON codec. Nothing here imports zod.

// Version and limits
export { PROTOCOL_VERSION, SUBPROTOCOLS } from './version.ts'
export type { CodecName } from './version.ts'
export { MAX_DATA_DEPTH, MAX_ID_LENGTH, MAX_ROOM_NAME_BYTES, MAX_SAFE_NUMBER } from './limits.ts'

// Positions and names
export { isSamePosition } from './position.ts'
export type { Position, UnrecoveredReason } from './position.ts'
export { formatRoomName } from './channel/room-name.ts'
export type { ParamValue } from './channel/room-name.ts'

// Messages
export type {
  CallCommand,
  Command,
  AnsweredCommand,
  CommandOf,
  ConnectCommand,
  PingCommand,
  PresenceEnterCommand,
  PresenceLeaveCommand,
  PresenceUnwatchCommand,
  PresenceUpdateCommand,
  PresenceWatchCommand,
  PublishCommand,
  ResumeProof,
  SignalCommand,
  SubscribeCommand,
  UnsubscribeCommand,
} from './messages/command.ts'
export type {
  AnnouncedLimits,
  Answer,
  CallResult,
  ChannelDescriptor,
  ConnectResult,
  ContractVerdict,
  EmptyResult,
  ErrorMessage,
  PresenceResult,
  PublishResult,
  ReplyMessage,
  ResultOf,
  SubscribeResult,
  WireError,
} from './messages/reply.ts'
export type {
  DrainPush,
  PresencePush,
  PublicationPush,
  Publisher,
  Push,
  ResetPush,
  SignalPush,
  UnsubscribedPush,
} from './messages/push.ts'
export type { Member, PresenceChange, PresencePosition } from './messages/presence.ts'
export type { ClientMessage, Message, ServerMessage } from './messages/message.ts'

// Codes and errors
export { CLOSE_CODES, shouldReconnect } from './codes/close-codes.ts'
export type { CloseCodeName } from './codes/close-codes.ts'
export { UNSUBSCRIBE_CODES, shouldResubscribe } from './codes/unsubscribe-codes.ts'
export type { UnsubscribeCodeName } from './codes/unsubscribe-codes.ts'
export { ERROR_CODES, isErrorCode } from './codes/error-codes.ts'
export type { ErrorCode, ErrorCodeEntry } from './codes/error-codes.ts'
export { RoomcastError } from './errors.ts'
export type { Outcome, RoomcastErrorDetails } from './errors.ts'

// Codecs
export { DecodeError } from './codec/codec.ts'
export type { Codec, Payload, SplicingCodec } from './codec/codec.ts'
export { jsonCodec } from './codec/json-codec.ts'
