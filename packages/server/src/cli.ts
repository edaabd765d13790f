#!/usr/bin/env node
// The command `roomcast`.
import { pathToFileURL } from 'node:url'
import { runCli } from './cli/run-cli.ts'

void runCli(process.argv.slice(2), {
  load: async (path) => (await import(pathToFileURL(path).href)) as Record<string, unknown>,
  print: (line) => console.log(line),
  directory: process.cwd(),
}).then((code) => {
  process.exitCode = code
})
