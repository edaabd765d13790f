// The command `roomcast`; bin/roomcast.mjs runs it.
import { pathToFileURL } from 'node:url'
import { runCli } from './cli/run-cli.ts'

void runCli(process.argv.slice(2), {
  load: async (path) => (await import(pathToFileURL(path).href)) as Record<string, unknown>,
  print: (line) => void process.stdout.write(`${line}\n`),
  directory: process.cwd(),
}).then((code) => {
  process.exitCode = code
})
