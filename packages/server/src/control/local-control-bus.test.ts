import { defineControlBusContract } from './control-bus-contract.ts'
import { LocalControlBus } from './local-control-bus.ts'

defineControlBusContract('LocalControlBus', async () => {
  const bus = new LocalControlBus()
  return { buses: [bus], end: () => bus.close() }
})
