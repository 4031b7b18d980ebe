import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { inParallel } from './parallel.ts'

test('every item is worked on, a bounded number of them at once', async () => {
  let now = 0
  let most = 0
  const done: number[] = []
  await inParallel([...Array(50).keys()], 7, async (item) => {
    most = Math.max(most, ++now)
    await setImmediate()
    now -= 1
    done.push(item)
  })
  assert.equal(most, 7)
  assert.deepEqual(
    done.sort((a, b) => a - b),
    [...Array(50).keys()],
  )
})

test('after a failure nothing more is begun, and it is thrown when what was begun has ended', async () => {
  const begun: number[] = []
  let ended = 0
  const work = inParallel([0, 1, 2, 3, 4, 5], 2, async (item) => {
    begun.push(item)
    await setImmediate()
    ended += 1
    if (item === 1) throw new Error('broken')
  })
  await assert.rejects(work, /broken/)
  assert.ok(begun.length < 6)
  assert.equal(ended, begun.length)
})
