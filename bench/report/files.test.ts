// How files of results are named, and which of them is the last.
import { describe, expect, test } from 'vitest'
import { lastWholeRun, resultsName } from './files.ts'

const DATE = '2026-11-21T10:20:30.000Z'

describe('resultsName', () => {
  test('a whole run has the name of its day, a part says that it is one and when it was made', () => {
    expect(resultsName(DATE, true, [])).toBe('2026-11-21.json')
    expect(resultsName(DATE, false, [])).toBe('part-2026-11-21-102030.json')
  })

  test('no run takes the place of another', () => {
    expect(resultsName(DATE, true, ['2026-11-21.json'])).toBe('2026-11-21-2.json')
    expect(resultsName(DATE, true, ['2026-11-21.json', '2026-11-21-2.json'])).toBe('2026-11-21-3.json')
  })
})

describe('lastWholeRun', () => {
  test('goes by the day, then by the number', () => {
    expect(lastWholeRun(['2026-11-21-2.json', '2026-11-21.json'])).toBe('2026-11-21-2.json')
    expect(lastWholeRun(['2026-11-21-10.json', '2026-11-21-9.json'])).toBe('2026-11-21-10.json')
    expect(lastWholeRun(['2026-11-22.json', '2026-11-21-2.json'])).toBe('2026-11-22.json')
  })

  test('parts and charts are none', () => {
    expect(lastWholeRun(['part-2026-11-21-102030.json', '2026-11-21.svg'])).toBeUndefined()
  })
})
