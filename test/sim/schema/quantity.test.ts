import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalQuantity } from './quantity.ts'

/** Pairs taken from apimachinery's quantity_test.go and from a running API server. */
const CANONICAL: readonly [given: string, canonical: string][] = [
  ['1000m', '1'],
  ['0.5', '500m'],
  ['1.5Gi', '1536Mi'],
  ['1048576Ki', '1Gi'],
  ['1024Mi', '1Gi'],
  ['1000Mi', '1000Mi'],
  ['2048', '2048'],
  ['1000000', '1M'],
  ['1e3', '1e3'],
  ['100e3', '100e3'],
  ['0.1Ki', '102400m'],
  ['0', '0'],
  ['0Gi', '0'],
  ['-5m', '-5m'],
  ['+1.25', '1250m'],
]

for (const [given, canonical] of CANONICAL) {
  test(`${given} is written back as ${canonical}`, () => assert.equal(canonicalQuantity(given), canonical))
}

test('text that is no quantity has no canonical form', () => {
  for (const text of ['', 'lots', '1.2.3', '1 Gi', '.', 'Mi'])
    assert.equal(canonicalQuantity(text), undefined)
})
