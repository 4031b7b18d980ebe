import assert from 'node:assert/strict'
import { test } from 'node:test'
import { locate, parseDefinition } from './parse.ts'
import { ClusterSchema, FleetSchema } from './schemas.ts'

const parse = (text: string) => parseDefinition(ClusterSchema, Buffer.from(text))

test('brackets by the thousand and aliases of aliases end in an error, not in the parser', () => {
  assert.deepEqual(
    parse('['.repeat(100_000))
      .problems.map(({ code }) => code)
      .slice(0, 1),
    ['invalid-yaml'],
  )
  const deep = parse(`a: ${'['.repeat(40)}${']'.repeat(40)}\n`).problems
  assert.match(deep[0]?.message ?? '', /more than 32 levels deep/)
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
  for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef'])
    bomb.push(`${to}: &${to} [${`*${from}, `.repeat(9)}*${from}]`)
  const exploded = parse(bomb.join('\n')).problems
  assert.match(exploded[0]?.message ?? '', /too many aliases/)
})

test('keys that mean something to JavaScript are unknown fields like others', () => {
  const { problems } = parse('__proto__: {kind: Cluster}\nconstructor: 1\n')
  assert.ok(problems.some(({ message }) => /unknown field "__proto__"/.test(message)))
  assert.ok(problems.some(({ message }) => /unknown field "constructor"/.test(message)))
})

test('a second document in a file is refused', () => {
  const { problems } = parse('a: 1\n---\nb: 2\n')
  assert.equal(problems[0]?.code, 'invalid-yaml')
  assert.equal(problems[0]?.line, 2)
})

test('a field is located by its path, also behind an alias, and else by what is around it', () => {
  const text = Buffer.from('a: &x\n  b:\n    - c: 1\n    - c: 2\nd: *x\n')
  assert.deepEqual(locate(text, ['a', 'b', 1, 'c']), { line: 4, column: 10 })
  assert.deepEqual(locate(text, ['d', 'b', 0, 'c']), { line: 3, column: 10 })
  assert.deepEqual(locate(text, ['a', 'b', 7]), { line: 3, column: 5 })
  assert.deepEqual(locate(text, ['nowhere']), { line: 1, column: 1 })
})

test('fields that are empty are named for what they should be', () => {
  const { problems } = parseDefinition(
    FleetSchema,
    Buffer.from('apiVersion: roadstead.dev/v1\nkind: Fleet\nmetadata: {name: x}\nspec:\n  environments:\n'),
  )
  assert.deepEqual(problems, [
    { code: 'invalid-field', message: 'spec.environments: must be a list, not empty', line: 5, column: 3 },
  ])
})
