import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '@roadstead/test/harness'
import { openLogs } from './log-file.ts'

test('a run begins its logs anew and keeps those of the run before', () => {
  using directory = temporaryDirectory('logs')
  const read = (name: string) => readFileSync(join(directory.path, name), 'utf8')
  for (const run of ['first', 'second', 'third']) {
    const logs = openLogs(directory.path)
    logs.write('agent dev-core-1', `${run} begins`)
    logs.write('agent dev-core-1', `${run} ends`)
    logs.close()
  }
  assert.equal(read('agent-dev-core-1.log'), 'third begins\nthird ends\n')
  assert.equal(read('agent-dev-core-1.previous.log'), 'second begins\nsecond ends\n')
  assert.equal(readdirSync(directory.path).length, 2)
})

test('what a talkative part writes does not fill the disk', () => {
  using directory = temporaryDirectory('logs')
  const logs = openLogs(directory.path)
  const mebibyte = 'x'.repeat(1024 * 1024)
  for (let line = 0; line < 30; line++) logs.write('hub', mebibyte)
  logs.close()
  const bytes = readdirSync(directory.path).map((name) => statSync(join(directory.path, name)).size)
  assert.equal(bytes.length, 2)
  assert.ok(Math.max(...bytes) < 10 * 1024 * 1024, `${bytes}`)
})
