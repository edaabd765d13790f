// The answer to a publish, which is sent as often as publishes come.
import { jsonCodec, type Payload, type Position, type SplicingCodec } from '@roomcast/protocol/wire'
import { quote } from '../util/quote.ts'

/** The reply to the publish `id` as its codec encodes it; in JSON put together by hand. */
export function acknowledge(codec: SplicingCodec, id: number, position: Position): Payload {
  if (codec !== jsonCodec) return codec.encode({ type: 'reply', id, result: { position } })
  const { epoch, offset, tag } = position
  return `{"type":"reply","id":${id},"result":{"position":{"epoch":${quote(epoch)},"offset":${offset},"tag":${tag}}}}`
}
