/**
 * The path of a Chromium or Chrome, or `undefined` if there is none. `CHROMIUM_PATH` wins and is believed only if
 * it can be executed.
 */
export function findChromium(
  env?: Readonly<Record<string, string | undefined>>,
  platform?: string,
): string | undefined
