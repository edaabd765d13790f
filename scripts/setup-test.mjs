// Makes sure that the tests find a Chromium: installs Debian's as root on Debian or Ubuntu, says what to do elsewhere.
import { existsSync } from 'node:fs'
import { findChromium } from './chromium.mjs'
import { runOrExit } from './command.mjs'

const PACKAGES = ['chromium', 'fonts-liberation']

const mayInstall = process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')

if (findChromium() === undefined && process.env.CHROMIUM_PATH) {
  console.error(
    `CHROMIUM_PATH is "${process.env.CHROMIUM_PATH}", which cannot be executed; correct or unset it.`,
  )
  process.exit(1)
}
if (findChromium() === undefined && mayInstall) {
  console.log(`No Chromium found: installing ${PACKAGES.join(' and ')} with apt-get, which takes a minute …`)
  await runOrExit(['apt-get', 'update', '-qq'])
  await runOrExit(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...PACKAGES])
}
const chromium = findChromium()
if (chromium === undefined) {
  console.error(
    'The tests need a browser: install Chromium or Chrome, or set CHROMIUM_PATH to its executable.',
  )
  process.exit(1)
}
console.log(`Chromium: ${chromium}`)
