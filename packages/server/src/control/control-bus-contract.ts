// What every control bus must do; run it with buses that are joined to one another.
import { describe, expect, it } from 'vitest'
import type { AnswerTo, ControlBus, ControlHandler, ControlOrder } from './control-bus.ts'

/** Buses that are joined, and what ends them. */
export interface JoinedBuses {
  readonly buses: readonly ControlBus[]
  readonly end: () => Promise<void>
}

/** Writes orders down, and answers each with how many it has had. */
class Recorder implements ControlHandler {
  readonly orders: ControlOrder[] = []

  carryOut<Order extends ControlOrder>(order: Order): AnswerTo<Order> {
    this.orders.push(order)
    const count = this.orders.length
    const answer =
      order.kind === 'listSessions' || order.kind === 'listRooms' ? { total: count, items: [] } : count
    return answer as AnswerTo<Order>
  }
}

const disconnect = (userId: string) =>
  ({ kind: 'disconnect', filter: { userId }, code: 4506, reason: 'x' }) as const

/** @param join Makes so many buses that are joined. */
export function defineControlBusContract(name: string, join: () => Promise<JoinedBuses>): void {
  const withBuses = async (
    run: (buses: readonly ControlBus[], recorders: readonly Recorder[]) => Promise<void>,
  ): Promise<void> => {
    const { buses, end } = await join()
    const recorders = buses.map((bus) => {
      const recorder = new Recorder()
      bus.start(recorder)
      return recorder
    })
    try {
      await run(buses, recorders)
    } finally {
      await end()
    }
  }

  describe(`control bus: ${name}`, () => {
    it('has every instance carry an order out once, and resolves with the answer of each', () =>
      withBuses(async (buses, recorders) => {
        const report = await buses[0]!.order(disconnect('ada'))
        expect(report).toEqual({ answers: recorders.map(() => 1), missing: [] })
        for (const { orders } of recorders) expect(orders).toEqual([disconnect('ada')])
      }))

    it('brings answers that are lists', () =>
      withBuses(async (buses, recorders) => {
        const report = await buses[0]!.order({ kind: 'listSessions', filter: {}, limit: 10 })
        expect(report.answers).toEqual(recorders.map(() => ({ total: 1, items: [] })))
      }))

    it('has the orders of one instance carried out in their order', () =>
      withBuses(async (buses, recorders) => {
        const names = Array.from({ length: 50 }, (_, index) => `user ${index}`)
        await Promise.all(names.map((userId) => buses[0]!.order(disconnect(userId))))
        for (const { orders } of recorders) expect(orders).toEqual(names.map(disconnect))
      }))

    it('rejects orders once it is closed', () =>
      withBuses(async ([bus]) => {
        await bus!.close()
        await expect(bus!.order(disconnect('ada'))).rejects.toMatchObject({ code: 'unavailable' })
      }))
  })
}
