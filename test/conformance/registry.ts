// All items of the checklist.
import type { Item } from './item.ts'
import { CLOSING } from './items/closing.ts'
import { CONTROL_FRAMES } from './items/control-frames.ts'
import { DATA } from './items/data.ts'
import { DEFLATE_DATA } from './items/deflate-data.ts'
import { DEFLATE_NEGOTIATION } from './items/deflate-negotiation.ts'
import { ENDING } from './items/ending.ts'
import { FRAGMENTATION } from './items/fragmentation.ts'
import { FRAMING } from './items/framing.ts'
import { ROBUSTNESS } from './items/robustness.ts'
import { HTTP2_HANDSHAKE } from './items/http2-handshake.ts'
import { HTTP2_STREAMS } from './items/http2-streams.ts'
import { OPENING_ADMISSION } from './items/opening-admission.ts'
import { OPENING_ANSWER } from './items/opening-answer.ts'
import { OPENING_REQUEST } from './items/opening-request.ts'
import { MASKING } from './items/masking.ts'

const UNSORTED: readonly Item[] = [
  ...OPENING_REQUEST,
  ...OPENING_ADMISSION,
  ...OPENING_ANSWER,
  ...MASKING,
  ...FRAMING,
  ...FRAGMENTATION,
  ...CONTROL_FRAMES,
  ...CLOSING,
  ...ENDING,
  ...DATA,
  ...ROBUSTNESS,
  ...DEFLATE_NEGOTIATION,
  ...DEFLATE_DATA,
  ...HTTP2_HANDSHAKE,
  ...HTTP2_STREAMS,
]

/** In the order of their numbers. */
export const ITEMS: readonly Item[] = [...UNSORTED].sort((a, b) => a.number - b.number)
