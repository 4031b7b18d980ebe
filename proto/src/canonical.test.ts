import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { canonicalJson, digestOf, parseJson } from './canonical.ts'
import { RoadsteadError } from './errors.ts'

describe('canonical JSON', () => {
  test('sorts keys at every depth and leaves out what is undefined', () => {
    assert.equal(
      canonicalJson({ b: { d: 1, c: [true, null] }, a: undefined }),
      '{"b":{"c":[true,null],"d":1}}',
    )
  })

  test('says the same for equal values, whatever the order of their keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.equal(canonicalJson(reversed(value)), canonicalJson(value))
      }),
    )
  })

  test('is read back as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value)
        assert.equal(canonicalJson(parseJson(text)), text)
      }),
    )
  })

  test('keeps every digit of an integer that a double can not hold', () => {
    const text = '{"id":9007199254740993,"small":12}'
    const value = parseJson(text)
    assert.deepEqual(value, { id: 9007199254740993n, small: 12 })
    assert.equal(canonicalJson(value), text)
  })

  test('refuses what JSON can not say, and a nesting without end', () => {
    const endless: unknown[] = []
    endless.push(endless)
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, () => 1, endless]) {
      assert.throws(() => canonicalJson(value), RoadsteadError)
    }
  })

  test('a digest names its algorithm', () => {
    assert.equal(
      digestOf('roadstead'),
      'sha256:047e648891f41ada5a9975405a50080b5de789e8d7650d0b9c59f3d9a8d3a70a',
    )
  })
})

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  )
}
