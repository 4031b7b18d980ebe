import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBackOff } from './back-off.ts'

test('what keeps dying is started ever less often, but never given up', () => {
  const backOff = createBackOff()
  const delays = Array.from({ length: 8 }, () => backOff.next(100))
  assert.deepEqual(delays, [200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000])
})

test('what ran for a while is started at once again', () => {
  const backOff = createBackOff()
  backOff.next(0)
  backOff.next(0)
  assert.equal(backOff.next(30_000), 200)
  assert.equal(backOff.next(0), 400)
})
