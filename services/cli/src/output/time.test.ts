import assert from 'node:assert/strict'
import { test } from 'node:test'
import { age, parseDuration } from './time.ts'

const now = Date.parse('2026-11-20T12:00:00.000Z')

test('an age has the one unit that matters', () => {
  assert.equal(age('2026-11-20T11:59:48.000Z', now), '12s')
  assert.equal(age('2026-11-20T11:56:01.000Z', now), '3m')
  assert.equal(age('2026-11-19T11:00:00.000Z', now), '25h')
  assert.equal(age('2026-11-10T12:00:00.000Z', now), '10d')
})

test('a clock that is ahead gives no negative age, and no time gives none', () => {
  assert.equal(age('2026-11-20T12:00:05.000Z', now), '0s')
  assert.equal(age(null, now), undefined)
  assert.equal(age('yesterday', now), undefined)
})

test('durations are written as people write them', () => {
  assert.equal(parseDuration('90'), 90_000)
  assert.equal(parseDuration('90s'), 90_000)
  assert.equal(parseDuration('1h30m'), 5_400_000)
  for (const wrong of ['', 'm', '10 m', '-5s', '1.5h', '5m1h', '99999999999']) {
    assert.equal(parseDuration(wrong), undefined, wrong)
  }
})
