// Makes sure that the peers of the interop tests are here: browsers, Python's WebSocket libraries, proxies. Installs
// Debian's as root on Debian, elsewhere says what is missing. `--optional` goes on without what cannot be had.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { findChromium } from './chromium.mjs'
import { run } from './command.mjs'

const isFile = (path) => () => existsSync(path)

const hasPythonModule = (name) => () =>
  spawnSync('/usr/bin/python3', ['-c', `import ${name}`], { stdio: 'ignore' }).status === 0

/** In one of the folders of an architecture. */
const hasMiniBrowser = () =>
  existsSync('/usr/bin/WebKitWebDriver') &&
  readdirSync('/usr/lib').some((folder) => existsSync(`/usr/lib/${folder}/webkit2gtk-4.1/MiniBrowser`))

const hasDisplay = () => existsSync('/usr/bin/xvfb-run') && existsSync('/usr/bin/xauth')

/** What the peers need: how to tell that it is here, and Debian's packages. */
const REQUIREMENTS = {
  chromium: { isHere: () => findChromium() !== undefined, packages: ['chromium', 'fonts-liberation'] },
  firefox: { isHere: isFile('/usr/bin/firefox-esr'), packages: ['firefox-esr', 'fonts-liberation'] },
  webkit: {
    isHere: () => hasMiniBrowser() && hasDisplay(),
    packages: ['webkit2gtk-driver', 'xvfb', 'xauth'],
  },
  'python-websockets': { isHere: hasPythonModule('websockets'), packages: ['python3-websockets'] },
  'python-aiohttp': { isHere: hasPythonModule('aiohttp'), packages: ['python3-aiohttp'] },
  nginx: { isHere: isFile('/usr/sbin/nginx'), packages: ['nginx'] },
  haproxy: { isHere: isFile('/usr/sbin/haproxy'), packages: ['haproxy'] },
  caddy: { isHere: isFile('/usr/bin/caddy'), packages: ['caddy'] },
  apache: { isHere: isFile('/usr/sbin/apache2'), packages: ['apache2'] },
}

/** What is missing, with the packages that bring it. */
export function findMissing() {
  return Object.entries(REQUIREMENTS)
    .filter(([, { isHere }]) => !isHere())
    .map(([name, { packages }]) => ({ name, packages }))
}

const POLICY = '/usr/sbin/policy-rc.d'

const packagesOf = (missing) => [...new Set(missing.flatMap(({ packages }) => packages))]

const apt = (...args) => run(['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args])

const aptInstall = (packages) => apt('install', '-y', '-qq', '--no-install-recommends', ...packages)

/** Installs what is missing, without starting the services that some packages bring: those would take port 80. */
async function install(missing) {
  const isOurs = !existsSync(POLICY)
  if (isOurs) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  process.once('exit', () => isOurs && rmSync(POLICY, { force: true }))
  await apt('update', '-qq')
  const { code } = await aptInstall(packagesOf(missing))
  if (code === 0) return
  // Not every release has every package; what there is will do for a start.
  for (const { name, packages } of missing) {
    const { code, output } = await aptInstall(packages)
    if (code !== 0) console.error(`${name} cannot be installed:\n${output.trim()}`)
  }
}

async function setUp({ isOptional }) {
  const mayInstall =
    process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  const wanted = findMissing()
  if (wanted.length > 0 && mayInstall) {
    console.log(`Installing peers with apt-get, which takes minutes: ${packagesOf(wanted).join(' ')} …`)
    await install(wanted)
  }
  const missing = findMissing()
  if (missing.length === 0) {
    console.log(`Peers: ${Object.keys(REQUIREMENTS).join(', ')}`)
    return
  }
  console.error(
    `Missing peers: ${missing.map(({ name }) => name).join(', ')}. ` +
      `On Debian 12, as root: apt-get install --no-install-recommends ${packagesOf(missing).join(' ')}`,
  )
  if (isOptional) console.error('The interop tests of these peers will be reported as not run.')
  else process.exitCode = 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await setUp({ isOptional: process.argv.includes('--optional') })
}
