import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defer, type Deferred } from '../testing/deferred.ts'
import { RoomLinks } from './room-links.ts'

/** What is on the other side: does what it is told when the script says so, and notices if it is told too much. */
class Outside {
  isLinked = false
  lastFailed = false
  #pending: { readonly wanted: boolean; readonly done: Deferred<void> } | undefined

  readonly link = (): Promise<void> => this.#begin(true)
  readonly unlink = (): Promise<void> => this.#begin(false)

  get isBusy(): boolean {
    return this.#pending !== undefined
  }

  settle(hasWorked: boolean): void {
    const pending = this.#pending
    if (!pending) return
    this.#pending = undefined
    this.lastFailed = !hasWorked
    if (hasWorked) this.isLinked = pending.wanted
    if (hasWorked) pending.done.resolve()
    else pending.done.reject(new Error('the bus is down'))
  }

  #begin(wanted: boolean): Promise<void> {
    expect(this.#pending, 'two operations at once').toBeUndefined()
    expect(this.isLinked, 'an operation that changes nothing').toBe(!wanted)
    const done = defer()
    this.#pending = { wanted, done }
    return done.promise
  }
}

const scripts = fc.array(fc.constantFrom('acquire', 'release', 'work', 'fail', 'wait'), { maxLength: 40 })

describe('RoomLinks', () => {
  it('is linked at rest exactly while it has users, or the last operation failed', async () => {
    await fc.assert(
      fc.asyncProperty(scripts, async (script) => {
        const outside = new Outside()
        const links = new RoomLinks(outside)
        const acquired: Promise<unknown>[] = []
        let users = 0
        for (const step of script) {
          if (step === 'acquire') {
            users++
            acquired.push(links.acquire('r').then(() => 'linked', String))
          } else if (step === 'release' && users > 0) {
            users--
            links.release('r')
          } else if (step === 'work' || step === 'fail') outside.settle(step === 'work')
          else await nextTurn()
        }
        for (await nextTurn(); outside.isBusy; await nextTurn()) outside.settle(true)
        await Promise.all(acquired)
        expect(outside.isLinked === users > 0 || outside.lastFailed).toBe(true)

        // Whatever failed before, the next user is linked, and the last one to leave takes the link away.
        const user = links.acquire('r')
        for (await nextTurn(); outside.isBusy; await nextTurn()) outside.settle(true)
        await user
        expect(outside.isLinked).toBe(true)
        for (; users >= 0; users--) links.release('r')
        for (await nextTurn(); outside.isBusy; await nextTurn()) outside.settle(true)
        expect(outside.isLinked).toBe(false)
      }),
      { numRuns: 300 },
    )
  })

  it('resolves an acquire only once the room is linked', async () => {
    const outside = new Outside()
    const links = new RoomLinks(outside)
    let isAcquired = false
    const user = links.acquire('r').then(() => (isAcquired = true))
    await nextTurn()
    expect(isAcquired).toBe(false)
    outside.settle(true)
    await user
    expect(outside.isLinked).toBe(true)
  })

  it('rejects an acquire whose link failed, and links the room for the next one', async () => {
    const outside = new Outside()
    const links = new RoomLinks(outside)
    const first = links.acquire('r')
    const second = links.acquire('r')
    await nextTurn()
    outside.settle(false)
    await expect(first).rejects.toThrow('the bus is down')
    await nextTurn()
    outside.settle(true)
    await second
    expect(outside.isLinked).toBe(true)
  })

  it('keeps rooms apart', async () => {
    const linked = new Set<string>()
    const links = new RoomLinks({
      link: async (room) => void linked.add(room),
      unlink: async (room) => void linked.delete(room),
    })
    await Promise.all([links.acquire('a'), links.acquire('b')])
    links.release('a')
    await expect.poll(() => [...linked]).toEqual(['b'])
  })

  it('ignores a release too many', async () => {
    const outside = new Outside()
    const links = new RoomLinks(outside)
    links.release('r')
    const user = links.acquire('r')
    await nextTurn()
    outside.settle(true)
    await user
    expect(outside.isLinked).toBe(true)
  })
})
