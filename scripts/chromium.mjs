// Where the Chromium of this machine is. The end-to-end tests and their set-up ask here, so that both agree.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

const MAC_APPS = ['Chromium', 'Google Chrome'].map((app) => `/Applications/${app}.app/Contents/MacOS/${app}`)

const WINDOWS_ROOTS = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA']

/** Places by platform, best first. */
function candidates(env, platform) {
  if (platform === 'win32') {
    return WINDOWS_ROOTS.flatMap((name) => env[name] ?? []).flatMap((folder) => [
      join(folder, 'Chromium/Application/chrome.exe'),
      join(folder, 'Google/Chrome/Application/chrome.exe'),
    ])
  }
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
  return platform === 'darwin' ? [...onPath, ...MAC_APPS] : onPath
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * The path of a Chromium or Chrome, or `undefined` if there is none. `CHROMIUM_PATH` wins and is believed only if
 * it can be executed.
 */
export function findChromium(env = process.env, platform = process.platform) {
  const places = env.CHROMIUM_PATH ? [env.CHROMIUM_PATH] : candidates(env, platform)
  return places.find(isExecutable)
}
