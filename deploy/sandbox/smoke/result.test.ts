import assert from 'node:assert/strict'
import { test } from 'node:test'
import { below, duration, percentile, spread, table } from './result.ts'

test('a percentile is a value that was measured', () => {
  assert.equal(percentile([30, 10, 20], 50), 20)
  assert.equal(percentile([10, 20], 50), 10)
  assert.equal(percentile([10], 99), 10)
  assert.equal(percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 95), 10)
  assert.throws(() => percentile([], 50))
})

test('durations are short to read', () => {
  assert.deepEqual([0.4, 999, 1_049, 61_000].map(duration), ['0 ms', '999 ms', '1.0 s', '61.0 s'])
  assert.equal(spread([5, 1_500, 7]), 'p50 7 ms, max 1.5 s')
})

test('a target that is missed says so', () => {
  assert.equal(below('repair', 999, 1_000, duration).met, true)
  assert.equal(below('repair', 1_000, 1_000, duration).met, false)
})

test('the columns are as wide as what is in them', () => {
  const results = [
    { what: 'commit pushed → applied', measured: 'p50 200 ms', target: '< 1.0 s', met: true },
    { what: 'idle', measured: '7 %', target: '< 5 %', met: false },
    { what: 'start', measured: '9 s' },
  ]
  assert.equal(
    table(results),
    [
      '                         measured    target',
      'commit pushed → applied  p50 200 ms  < 1.0 s  ok',
      'idle                     7 %         < 5 %    MISSED',
      'start                    9 s',
    ].join('\n'),
  )
})
