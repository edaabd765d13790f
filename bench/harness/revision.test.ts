// The state of the sources, in a repository of its own.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { describeRevision } from './revision.ts'

let root = ''

const git = (...args: readonly string[]) =>
  spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    cwd: root,
    encoding: 'utf8',
  }).stdout.trim()

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'revision-'))
  git('init', '-q')
  git('commit', '-q', '--allow-empty', '--no-gpg-sign', '-m', 'first')
})

afterEach(() => rmSync(root, { recursive: true }))

test('is the commit that is checked out', () => {
  expect(describeRevision(root)).toBe(git('rev-parse', 'HEAD'))
})

test('says that files differ from it', () => {
  writeFileSync(join(root, 'new.ts'), '')
  expect(describeRevision(root)).toBe(`${git('rev-parse', 'HEAD')} + changes`)
})

test('results are no changes', () => {
  mkdirSync(join(root, 'bench/results'), { recursive: true })
  writeFileSync(join(root, 'bench/results/2026-11-21.json'), '{}')
  expect(describeRevision(root)).toBe(git('rev-parse', 'HEAD'))
})

test('is unknown where there is no repository', () => {
  rmSync(join(root, '.git'), { recursive: true })
  expect(describeRevision(root)).toBe('unknown')
})
