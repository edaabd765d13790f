// The guide's page and its files say the same: each file is linked and tested, each placeholder explained and filled in.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { apache, caddy, haproxy, nginx } from './proxies/programs.ts'
import { fillIn, PLACEHOLDERS } from './proxies/proxy-peer.ts'

const guide = fileURLToPath(new URL('../../docs/guide/', import.meta.url))
const page = readFileSync(`${guide}proxies.md`, 'utf8')
const files = readdirSync(`${guide}proxies`)
const read = (file: string): string => readFileSync(`${guide}proxies/${file}`, 'utf8')

/** The names in `${NAME}`, each once. */
const placeholdersIn = (content: string): readonly string[] =>
  [...new Set(Array.from(content.matchAll(/\$\{([A-Z_]+)\}/g), ([, name]) => name!))].sort()

describe('docs/guide/proxies', () => {
  it('has the files that the table tests and no others', () => {
    expect(files.sort()).toEqual([nginx, haproxy, caddy, apache].map(({ guideFile }) => guideFile).sort())
  })

  it.each(files)('%s is linked from the page', (file) => {
    expect(page).toContain(`](proxies/${file})`)
  })

  it('explains every placeholder, and only what is one', () => {
    const used = placeholdersIn(files.map(read).join('\n'))
    expect(placeholdersIn(page)).toEqual(used)
    expect([...PLACEHOLDERS].sort()).toEqual(used)
  })

  it('names settings that are in the files', () => {
    const settings = [
      ['nginx.conf', 'proxy_http_version 1.1'],
      ['nginx.conf', 'proxy_read_timeout'],
      ['nginx.conf', 'proxy_send_timeout'],
      ['nginx.conf', 'proxy_set_header Host'],
      ['nginx.conf', '$http_host'],
      ['haproxy.cfg', 'timeout tunnel'],
      ['haproxy.cfg', 'alpn h2'],
      ['apache.conf', 'upgrade=websocket'],
      ['apache.conf', 'ProxyPreserveHost On'],
      ['apache.conf', 'H2WebSockets'],
    ] as const
    for (const [file, setting] of settings) {
      expect(page).toContain(setting)
      expect(read(file)).toContain(setting)
    }
  })

  it('leaves no placeholder without a value', () => {
    expect(() => fillIn('listen ${LISTEN_PORT} ${ELSE};', { LISTEN_PORT: '80' })).toThrow('ELSE')
    expect(fillIn('listen ${LISTEN_PORT}; set $http_host;', { LISTEN_PORT: '80' })).toBe(
      'listen 80; set $http_host;',
    )
  })
})
