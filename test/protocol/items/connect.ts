// §4: who a client is, which contract it was built with, and how a client is continued.
import { holds, same } from '../../conformance/check.ts'
import type { Item } from '../item.ts'
import type { ConnectResult } from '../messages.ts'

const proofOf = ({ clientId, secret }: ConnectResult): Pick<ConnectResult, 'clientId' | 'secret'> => ({
  clientId,
  secret,
})

/** Ids and secrets are for clients to present, so they must not be guessable: §6 asks for 96 bits where a client chooses. */
const isLongEnough = (id: string): boolean => id.length >= 16

export const CONNECT: readonly Item[] = [
  {
    id: '4.1',
    statement: 'the reply names the user, a session, a client and a secret that nobody else has',
    test: async (trial) => {
      const token = trial.user()
      const [first, second] = [await trial.client({ token }), await trial.client({ token })]
      same([first.identity.userId, second.identity.userId], [token, token], 'the users')
      for (const field of ['sessionId', 'clientId', 'secret'] as const) {
        const values = [first.identity[field], second.identity[field]]
        holds(
          values[0] !== values[1] && values.every(isLongEnough),
          `two ${field}s that nobody guesses`,
          values,
        )
      }
    },
  },
  {
    id: '4.2',
    statement: 'a connect without any optional field is enough',
    test: async (trial) => {
      const peer = await trial.open()
      same((await peer.connect()).contract, 'same', 'the contract')
    },
  },
  {
    id: '4.3',
    statement:
      "the server's own version of the contract is `same`, one that it accepts `accepted`, none `same`",
    test: async (trial) => {
      for (const [version, contract] of [
        [2, 'same'],
        [1, 'accepted'],
      ] as const) {
        same((await trial.client({ version })).identity.contract, contract, `the contract for ${version}`)
      }
      same((await trial.client()).identity.contract, 'same', 'the contract without a version')
    },
  },
  {
    id: '4.4',
    statement: 'a version that the server does not accept closes with 4504',
    test: async (trial) => {
      for (const version of [0, 3, 2 ** 53 - 1]) {
        const peer = await trial.open()
        peer.send({ type: 'connect', id: 1, token: trial.user(), version })
        await peer.expectClosed(4504)
      }
    },
  },
  {
    id: '4.5',
    statement: 'the hash of the contract is the same for everyone, as long as it is the same contract',
    test: async (trial) => {
      const hashes = [
        (await trial.client({ version: 2 })).identity.contractHash,
        (await trial.client({ version: 1 })).identity.contractHash,
        (await trial.client({}, { codec: trial.otherCodec })).identity.contractHash,
      ]
      same(new Set(hashes).size, 1, 'the number of hashes')
    },
  },
  {
    id: '4.6',
    statement: 'a token that the server refuses closes with 4503, one that it could not judge with 1011',
    test: async (trial) => {
      for (const [token, code] of [
        ['nobody', 4503],
        ['broken', 1011],
      ] as const) {
        const peer = await trial.open()
        peer.send({ type: 'connect', id: 1, token })
        await peer.expectClosed(code)
      }
    },
  },
  {
    id: '4.7',
    statement: 'a connection whose client says nothing is closed with 4000',
    test: async (trial) => {
      await (await trial.open()).expectClosed(4000)
    },
  },
  {
    id: '4.8',
    statement: 'who shows the secret continues the client: the same clientId, a new secret, a new session',
    test: async (trial) => {
      const first = await trial.client()
      first.lose()
      const second = await trial.resume(first)
      same(second.identity.clientId, first.identity.clientId, 'the clientId')
      holds(second.identity.secret !== first.identity.secret, 'a new secret', second.identity)
      holds(second.identity.sessionId !== first.identity.sessionId, 'a new session', second.identity)
    },
  },
  {
    id: '4.9',
    statement: 'a client that closed with 1000 can be continued as well',
    test: async (trial) => {
      const first = await trial.client()
      await first.close()
      same((await trial.resume(first)).identity.clientId, first.identity.clientId, 'the clientId')
    },
  },
  {
    id: '4.10',
    statement: 'a secret stays valid until the one that came after it has been used, and no longer',
    test: async (trial) => {
      const first = await trial.client()
      const { userId: token, clientId } = first.identity
      const again = async (resume: object): Promise<ConnectResult> => {
        const { identity } = await trial.client({ token, resume })
        return identity
      }
      same((await again(proofOf(first.identity))).clientId, clientId, 'the client, whose reply is lost')
      const third = await again(proofOf(first.identity))
      same(third.clientId, clientId, 'the client that shows the secret before once more')
      same((await again(proofOf(third))).clientId, clientId, 'the client that shows the newest secret')
      const late = await again(proofOf(first.identity))
      holds(late.clientId !== clientId, 'another client, since a later secret has been used', late)
    },
  },
  {
    id: '4.11',
    statement: 'a proof that does not hold begins a new client and is no error',
    test: async (trial) => {
      const { userId: token, clientId, secret } = (await trial.client()).identity
      const wrong = [
        { token, resume: { clientId, secret: 'guessed' } },
        { token, resume: { clientId, secret: secret.slice(0, -1) } },
        { token, resume: { clientId: 'unknown', secret } },
        { token: trial.user(), resume: { clientId, secret } },
      ]
      for (const connect of wrong) {
        const { identity } = await trial.client(connect)
        holds(![clientId, 'unknown'].includes(identity.clientId), 'a new clientId', identity)
        same(identity.userId, connect.token, 'the user')
      }
    },
  },
  {
    id: '4.12',
    statement: 'a client that is continued while it has a session has that one closed with 4505',
    test: async (trial) => {
      const first = await trial.client()
      const second = await trial.resume(first)
      await first.expectClosed(4505)
      await second.expectAlive()
    },
  },
]
