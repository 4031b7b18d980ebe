import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { defaultLimits as limits } from '../limits.ts'
import { emitDocument } from './emit.ts'
import { fastParse } from './fast/block.ts'
import { type Json, toJson } from './json.ts'
import { compareKeys } from './key-order.ts'
import type { Node } from './node.ts'
import { fullParse } from './parse.ts'
import { numberText } from './scalar-text.ts'

describe('numbers print as the official binary prints them', () => {
  const printed: readonly [number, string][] = [
    [1, '1'],
    [-0, '0'],
    [1.1, '1.1'],
    [1e6, '1000000'],
    [1234567.5, '1.2345675e+06'],
    [123456.5, '123456.5'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [1e20, '1e+20'],
    [2 ** 63, '9223372036854776000'],
    [1e100, '1e+100'],
  ]
  for (const [value, text] of printed) it(text, () => assert.equal(numberText(value), text))
})

describe('keys are ordered as the official binary orders them', () => {
  it('digits by value, letters behind everything else', () => {
    const keys = ['b10', 'b9', 'a.b', 'a-b', 'a', 'aB', 'Z', '10', '9', 'a_b', '']
    assert.deepEqual([...keys].sort(compareKeys), [
      '',
      '9',
      '10',
      'Z',
      'a',
      'a-b',
      'a.b',
      'a_b',
      'aB',
      'b9',
      'b10',
    ])
  })
  it('the order is total', () => {
    const key = fc.string({ unit: fc.constantFrom('a', 'B', '0', '1', '-', '.', 'é') })
    fc.assert(
      fc.property(key, key, key, (a, b, c) => {
        assert.equal(Math.sign(compareKeys(a, b)) + Math.sign(compareKeys(b, a)), 0)
        if (compareKeys(a, b) <= 0 && compareKeys(b, c) <= 0 && !/\d/.test(a + b + c))
          assert.ok(compareKeys(a, c) <= 0)
      }),
    )
  })
})

const text = fc.string({
  unit: fc.constantFrom(
    'a',
    'yes',
    '1',
    '0',
    ' ',
    '\n',
    '\t',
    ':',
    '#',
    '-',
    '"',
    "'",
    '\\',
    'é',
    '☃',
    '😀',
    '{',
    '[',
    '&',
    '*',
    '!',
    '|',
    '>',
    '%',
    '@',
    'word word',
    '\x07',
    '.',
  ),
})
const scalar = fc.oneof(
  text,
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.bigInt(2n ** 53n, 2n ** 63n - 1n),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
)
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar as fc.Arbitrary<Json>,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: fc.constantFrom('a', 'b', '-', '/', ' ', ':', '1') }), tie('value'), {
      maxKeys: 4,
    }),
  ),
}))

function normal(json: Json): Json {
  if (typeof json === 'number') return Object.is(json, -0) ? 0 : json
  if (typeof json === 'bigint') return json
  if (Array.isArray(json)) return json.map(normal)
  if (typeof json !== 'object' || json === null) return json
  return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, normal(item)]))
}

describe('what is printed', () => {
  it('reads back as the same value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('k', 'l'), value, { minKeys: 1 }), (document) => {
        const node = fullParse(emitDocument(document), 'printed.yaml', { limits })
        assert.deepEqual(toJson(node!), normal(document))
      }),
      { numRuns: 500 },
    )
  })
})

function plain(node: Node): unknown {
  const { kind, tag, value: written, style, line, column, content } = node
  return { kind, tag, written, style, line, column, content: content.map(plain) }
}

describe('the fast parser', () => {
  it('reads exactly what the full parser reads, or nothing', () => {
    const bit = fc.constantFrom(
      'a',
      'b: ',
      'c:',
      '\n',
      '\n  ',
      '\n    ',
      '- ',
      '"',
      "'",
      '# x',
      ' #',
      '|',
      '|-',
      '[',
      ']',
      '{',
      '}',
      ',',
      ', ',
      '1',
      ' ',
      '\\',
      '&a ',
      '*a',
      '~',
      '? ',
      '---',
      ': ',
    )
    fc.assert(
      fc.property(fc.array(bit, { maxLength: 25 }), (bits) => {
        const source = `k: v\n${bits.join('')}\n`
        const fast = fastParse(source, 'f', limits)
        if (fast !== undefined) assert.deepEqual(plain(fast), plain(fullParse(source, 'f', { limits })!))
      }),
      { numRuns: 3_000 },
    )
  })
})
