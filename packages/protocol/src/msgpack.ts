// The MessagePack codec of servers, an entry of its own because it brings msgpackr.
export { msgpackCodec } from './codec/msgpack-codec.ts'
