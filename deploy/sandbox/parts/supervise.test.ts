import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startProgram, until } from '@roadstead/test/harness'
import type { Part } from './part.ts'
import { supervise } from './supervise.ts'

const sleeper: Part = { name: 'sleeper', start: () => startProgram('sleep', { args: ['1005'] }) }

test('a part that is killed from outside is started again, and a line says so', async () => {
  const lines: string[] = []
  const part = supervise(sleeper, (line) => lines.push(line))
  await part.start()
  const { pid: first } = part
  assert.ok(first !== undefined)
  process.kill(first, 'SIGKILL')
  await until(() => part.pid !== undefined && part.pid !== first)
  assert.deepEqual(lines, ['sleeper ended (SIGKILL); starting it again', 'sleeper: running again'])
  await part.stop()
})

test('a part that is stopped or killed by us stays down until it is started', async () => {
  const lines: string[] = []
  const part = supervise(sleeper, (line) => lines.push(line))
  await part.start()
  await part.kill()
  assert.equal(part.pid, undefined)
  await part.start()
  assert.ok(part.pid !== undefined)
  await part.stop()
  assert.equal(part.pid, undefined)
  assert.deepEqual(lines, [])
})

test('a part that is stopped while it starts does not stay', async () => {
  const slow = Promise.withResolvers<void>()
  const part = supervise({ name: 'slow', start: () => slow.promise.then(() => sleeper.start()) }, () => {})
  const started = part.start()
  const stopped = part.stop()
  slow.resolve()
  await Promise.all([started, stopped])
  assert.equal(part.pid, undefined)
})

test('a part that does not come up the first time is an error', async () => {
  const broken: Part = { name: 'broken', start: () => Promise.reject(new Error('no such program')) }
  await assert.rejects(supervise(broken, () => {}).start(), /no such program/)
})

test('a restart that fails is tried again until it works', async () => {
  const lines: string[] = []
  let starts = 0
  const flaky: Part = {
    name: 'flaky',
    start: () => (++starts === 2 ? Promise.reject(new Error('port taken\nlog')) : sleeper.start()),
  }
  const part = supervise(flaky, (line) => lines.push(line))
  await part.start()
  process.kill(part.pid as number, 'SIGTERM')
  await until(() => part.pid !== undefined && starts === 3)
  assert.deepEqual(lines, [
    'flaky ended (SIGTERM); starting it again',
    'flaky does not come up: port taken; trying again',
    'flaky: running again',
  ])
  await part.stop()
})
