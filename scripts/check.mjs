// What `npm test` runs: every check of this repository, cheap and telling ones first, until one fails.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { pnpm, run, seconds } from './command.mjs'

const scratch = mkdtempSync(join(tmpdir(), 'roomcast-check-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
const testReport = join(scratch, 'tests.json')

const script = (name) => pnpm('--silent', 'run', name)

/** All steps in their order. */
const steps = [
  { name: 'set-up', command: script('setup:test') },
  { name: 'typecheck', command: script('typecheck') },
  { name: 'lint', command: script('lint') },
  {
    name: 'tests',
    command: ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${testReport}`],
  },
  { name: 'build', command: script('build') },
  { name: 'packages', command: script('check:packages') },
  { name: 'size', command: script('size') },
  { name: 'types', command: script('bench:types') },
  { name: 'simulate', command: [...script('simulate'), '--seeds', '200'] },
]

/** As much of a failure as the summary repeats. */
const MAX_FAILURE_CHARS = 1500

/** How many tests passed, failed and did not run, and what failed; nothing before vitest has written its report. */
function readTests() {
  try {
    const report = JSON.parse(readFileSync(testReport, 'utf8'))
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.numPendingTests + report.numTodoTests,
      failures: report.testResults.flatMap(({ name, message, assertionResults }) => {
        const tests = assertionResults.filter(({ status }) => status === 'failed')
        // A file that could not be loaded has no tests, only a message.
        if (tests.length === 0) return message ? [{ file: name, title: '', text: message }] : []
        return tests.map(({ fullName, failureMessages }) => ({
          file: name,
          title: ` > ${fullName}`,
          text: failureMessages.join('\n'),
        }))
      }),
    }
  } catch {
    return { passed: 0, failed: 0, skipped: 0, failures: [] }
  }
}

/** One line per step that ran, then the closing line. */
function summarize(results) {
  console.log('')
  for (const { name, code, ms } of results) {
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(10)} ${seconds(ms).padStart(8)}`)
  }
  const left = steps.slice(results.length).map(({ name }) => name)
  if (left.length > 0) console.log(`not run: ${left.join(', ')}`)
  const { passed, failed, skipped, failures: failedTests } = readTests()
  // Repeated here because whoever sees only the end of a log wants to know just this.
  for (const { file, title, text } of failedTests) {
    console.log(`\nFAILED ${relative(process.cwd(), file)}${title}`)
    console.log(stripVTControlCharacters(text).slice(0, MAX_FAILURE_CHARS))
  }
  if (skipped > 0) console.log(`${skipped} skipped`)
  // A step that fails outside of vitest counts as one failure, so that the closing line never reads like success.
  const failures = left.length > 0 || results.some(({ code }) => code !== 0) ? Math.max(failed, 1) : failed
  console.log(`${passed} passed, ${failures} failed`)
}

console.log(`Checking with Node ${process.version}.`)
const results = []
for (const [index, { name, command }] of steps.entries()) {
  console.log(`\n[${index + 1}/${steps.length}] ${name}`)
  const start = performance.now()
  const { code } = await run(command, { inherit: true })
  const ms = performance.now() - start
  results.push({ name, code, ms })
  console.log(`[${index + 1}/${steps.length}] ${name}: ${code === 0 ? 'ok' : 'FAILED'} in ${seconds(ms)}`)
  if (code !== 0) break
}
summarize(results)
process.exitCode = results.at(-1).code
