import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './until.ts'

test('the first truthy value is returned', async () => {
  const answers = [undefined, 0, 'third']
  assert.equal(await until(() => answers.shift(), { everyMs: 1 }), 'third')
})

test('a condition that throws is looked at again', async () => {
  let looks = 0
  const condition = () => {
    looks += 1
    assert.equal(looks, 3)
    return true
  }
  await until(condition, { everyMs: 1 })
  assert.equal(looks, 3)
})

test('the deadline reports what was waited for and the last value', async () => {
  await assert.rejects(
    until(() => 0, { deadlineMs: 5, everyMs: 1, message: 'the count rises' }),
    {
      message: '5 ms passed before the count rises; the last value was 0',
    },
  )
})

test('the deadline reports the last error and keeps it as the cause', async () => {
  const cause = new Error('connection refused')
  await assert.rejects(
    until(() => Promise.reject(cause), { deadlineMs: 5, everyMs: 1 }),
    (error: Error) => {
      assert.match(error.message, /the last look failed: connection refused/)
      assert.equal(error.cause, cause)
      return true
    },
  )
})

test('a look that never returns does not outlast the deadline', async () => {
  await assert.rejects(
    until(() => new Promise<boolean>(() => {}), { deadlineMs: 20 }),
    /the last look did not return/,
  )
})
