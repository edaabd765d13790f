// Whether the process that served everything still serves.
import { TRANSPORTS, type Host } from './host.ts'
import { text } from './frames.ts'
import { Trial } from './trial.ts'

/** Makes a connection over each transport and has a message echoed. */
export async function isAliveAtTheEnd(host: Host): Promise<boolean> {
  try {
    for (const transport of TRANSPORTS) {
      const trial = await Trial.prepare({
        host,
        transport,
        chopping: 'whole',
        seed: 0,
        label: 'alive',
        outcomes: [],
      })
      const peer = await trial.open()
      await peer.expectEcho('alive', text('alive'))
      await trial.finish()
    }
    return true
  } catch {
    return false
  }
}
