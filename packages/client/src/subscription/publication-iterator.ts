// A room's publications for `for await`: a bounded buffer between a stream that does not wait and a reader that may.
import { clientError } from '../errors.ts'
import type { Publication } from './room-events.ts'
import type { RoomSubscription } from './room-subscription.ts'

const MAX_BUFFERED = 1000

/** Iterates over what is published from now on, holding a lease of its own until the end. */
export function iteratePublications(
  subscription: RoomSubscription,
  event: string | undefined,
): AsyncIterator<Publication, undefined> {
  const buffer: Publication[] = []
  const controller = new AbortController()
  let isOver = false
  let failure: Error | undefined
  let wake = (): void => {}

  /** What is buffered is still given out, then the error, if there is one. */
  const finish = (error?: Error): void => {
    if (!isOver) failure = error
    isOver = true
    stopPublications()
    stopEnd()
    controller.abort()
    wake()
  }
  const stopPublications = subscription.events.on('publication', (publication) => {
    if (event !== undefined && publication.event !== event) return
    if (buffer.length < MAX_BUFFERED) buffer.push(publication)
    else finish(clientError('overflow', 'Read too slowly.'))
    wake()
  })
  const stopEnd = subscription.events.on('end', finish)
  subscription.lease({ signal: controller.signal }).catch(finish)

  async function* read(): AsyncGenerator<Publication, undefined> {
    try {
      while (buffer.length > 0 || !isOver) {
        const next = buffer.shift()
        if (next) yield next
        else await new Promise<void>((resolve) => (wake = resolve))
      }
      if (failure) throw failure
    } finally {
      finish()
    }
  }
  const reader = read()
  return {
    next: () => reader.next(),
    // A generator that waits would not notice its `return` before the next publication.
    return() {
      buffer.length = 0
      finish()
      return reader.return(undefined)
    },
  }
}
