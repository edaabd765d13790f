// All targets by name.
import type { FuzzTarget } from './target.ts'
import { connectTarget } from './targets/connect.ts'
import { deflateTarget } from './targets/deflate.ts'
import { openDifferentialTarget } from './targets/differential.ts'
import { extensionsTarget } from './targets/extensions.ts'
import { handshakeTarget } from './targets/handshake.ts'
import { parserTarget } from './targets/parser.ts'

const OPENERS: Readonly<Record<string, () => FuzzTarget | Promise<FuzzTarget>>> = {
  parser: () => parserTarget,
  handshake: () => handshakeTarget,
  extensions: () => extensionsTarget,
  deflate: () => deflateTarget,
  connect: () => connectTarget,
  differential: openDifferentialTarget,
}

export const TARGET_NAMES: readonly string[] = Object.keys(OPENERS)

/** @throws {RangeError} for a name that is unknown. */
export async function openTarget(name: string): Promise<FuzzTarget> {
  const open = Object.hasOwn(OPENERS, name) ? OPENERS[name] : undefined
  if (open === undefined) throw new RangeError(`no target ${name}; there are ${TARGET_NAMES.join(', ')}`)
  return open()
}
