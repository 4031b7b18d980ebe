import assert from 'node:assert/strict'
import { test } from 'node:test'
import { retryDelayMs } from './backoff.ts'

const passing = [{ code: 'cluster-unreachable' as const, message: '' }]
const lasting = [{ code: 'object-invalid' as const, message: '' }]

test('retries slow down to a minute for what may pass, to five for what needs a person', () => {
  assert.equal(retryDelayMs(1, passing, 0.5), 1_000)
  assert.equal(retryDelayMs(4, passing, 0.5), 8_000)
  assert.equal(retryDelayMs(100, passing, 0.5), 60_000)
  assert.equal(retryDelayMs(100, lasting, 0.5), 300_000)
  assert.equal(retryDelayMs(100, [...lasting, ...passing], 0.5), 60_000)
})

test('chance spreads them by half either way', () => {
  assert.equal(retryDelayMs(1, passing, 0), 500)
  assert.equal(retryDelayMs(1, passing, 1), 1_500)
})
