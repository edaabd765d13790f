// The MessagePack codec, an entry of its own so that those who use JSON do not ship it.
export { msgpackCodec } from './codec/msgpack-codec.ts'
