// A server written in Python, as a process.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { localCertificate } from '../../support/tls.ts'
import type { Lacks, ServerPeer } from '../peer.ts'
import { PYTHON } from '../python.ts'

export const pythonWebsocketsServer = (): Promise<ServerPeer> => startPython('websockets_server.py', {})

export const aiohttpServer = (): Promise<ServerPeer> =>
  startPython('aiohttp_server.py', { fragments: 'its interface has no fragments' })

async function startPython(script: string, lacks: Lacks): Promise<ServerPeer> {
  const folder = await mkdtemp(join(tmpdir(), 'roomcast-interop-'))
  const { key, cert } = await localCertificate()
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  await writeFile(certFile, cert)
  await writeFile(keyFile, key)
  const child = spawn(PYTHON, [fileURLToPath(new URL(script, import.meta.url)), certFile, keyFile], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let complaints = ''
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()))
  const ended = once(child, 'exit').then((): [string] => [''])
  const line = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>
  const [text] = await Promise.race([line, ended])
  await rm(folder, { recursive: true })
  if (text === '') throw new Error(`${script} did not start: ${complaints}`)
  const ports = JSON.parse(text) as { port: number; securePort: number }
  return {
    lacks,
    ...ports,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
