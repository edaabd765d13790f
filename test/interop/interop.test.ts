// The table of `pnpm interop` as tests. A peer that is not on this machine is reported as not run, with what to install;
// `pnpm interop` demands them all.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findMissing } from '../../scripts/setup-interop.mjs'
import { GROUPS } from './rows.ts'
import { explain } from './print-table.ts'
import { runTable, type Cell } from './run-table.ts'
import { startOwnServer, type OwnServer } from './servers/own-server.ts'

/** Cells that do not apply when every peer is there. Each has its reason below the table; one more is a decision. */
const NOT_APPLICABLE = 25

/** The whole table, on a machine that runs the other tests beside it, in milliseconds. */
const TABLE_TIMEOUT_MS = 240_000

let own: OwnServer
let cells: readonly Cell[]

beforeAll(async () => {
  own = await startOwnServer()
  cells = await runTable(GROUPS, own, () => {})
}, TABLE_TIMEOUT_MS)

afterAll(() => own[Symbol.asyncDispose]())

describe.each(GROUPS)('$title', ({ rows, checks }) => {
  describe.each(rows)('$peer', ({ peer, requirement }) => {
    const missing = findMissing().find(({ name }) => name === requirement)
    if (missing) {
      const packages = missing.packages.join(' ')
      console.warn(`interop: ${peer} is NOT RUN: not on this machine; on Debian: apt-get install ${packages}`)
      it(`is not run: not on this machine; on Debian: apt-get install ${packages}`, () => {
        expect(cells.filter((cell) => cell.peer === peer).map(({ result }) => result.status)).toEqual(
          checks.map(() => 'not run'),
        )
      })
      return
    }
    it.each(checks)('$name: $title', ({ name }) => {
      const result = cells.find((cell) => cell.peer === peer && cell.check === name)?.result
      expect(result?.status === 'failed' ? explain(result.error) : result?.status).toMatch(/^(ok|n\/a)$/)
    })
  })
})

describe('the table', () => {
  it('has few cells that do not apply, each with a reason', () => {
    const notApplicable = cells.flatMap(({ result }) => (result.status === 'n/a' ? [result.reason] : []))
    if (findMissing().length === 0) expect(notApplicable).toHaveLength(NOT_APPLICABLE)
    else expect(notApplicable.length).toBeLessThan(NOT_APPLICABLE)
    expect(notApplicable).not.toContain('')
  })

  it('was served by one process, which is well', () => {
    expect(own.trouble).toBe('')
  })
})
