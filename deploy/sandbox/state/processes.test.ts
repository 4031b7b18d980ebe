import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startProgram, temporaryDirectory } from '@roadstead/test/harness'
import { createLedger, endLeftovers, isRunning } from './processes.ts'

test('a process is ours by its command line and the time it began', async () => {
  const startedMs = Date.now()
  await using program = await startProgram('sleep', { args: ['1001'] })
  const { pid } = program
  assert.ok(await isRunning({ pid, startedMs, command: 'sleep 1001' }))
  assert.ok(!(await isRunning({ pid, startedMs, command: 'sleep 1002' })), 'another program')
  const longAgo = startedMs - 60_000
  assert.ok(!(await isRunning({ pid, startedMs: longAgo, command: 'sleep 1001' })), 'the id was given again')
  await program.kill()
  assert.ok(!(await isRunning({ pid, startedMs, command: 'sleep 1001' })), 'it ended')
})

test('what a killed run left behind is ended, and nothing else', async () => {
  using directory = temporaryDirectory('ledger')
  const path = join(directory.path, 'processes.json')
  await using ours = await startProgram('sleep', { args: ['1001'] })
  await using other = await startProgram('sleep', { args: ['1002'] })
  const ledger = createLedger(path)
  ledger.add({ name: 'ours', pid: ours.pid, startedMs: Date.now(), command: 'sleep 1001' })
  ledger.add({ name: 'not ours', pid: other.pid, startedMs: Date.now(), command: 'sleep 1001' })
  ledger.add({ name: 'ended', pid: 2 ** 22 + 1, startedMs: Date.now(), command: 'sleep 1001' })
  const ended = await endLeftovers(path)
  assert.deepEqual(
    ended.map(({ name }) => name),
    ['ours'],
  )
  assert.equal((await ours.exited).signal, 'SIGTERM')
  assert.ok(other.running)
})

test('no list, an empty one and a damaged one leave nothing to end', async () => {
  using directory = temporaryDirectory('ledger')
  const path = join(directory.path, 'processes.json')
  assert.deepEqual(await endLeftovers(path), [])
  createLedger(path)
  assert.deepEqual(await endLeftovers(path), [])
  writeFileSync(path, '[{"name":')
  assert.deepEqual(await endLeftovers(path), [])
})
