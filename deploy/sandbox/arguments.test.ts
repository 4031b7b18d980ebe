import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readArguments } from './arguments.ts'

test('without a word the sandbox comes up with the data it has', () => {
  assert.deepEqual(readArguments([]), { fresh: false, smoke: false, help: false })
})

test('options may be given together', () => {
  assert.deepEqual(readArguments(['--smoke', '--fresh']), { fresh: true, smoke: true, help: false })
})

test('a word that is not an option is named, with what could be meant', () => {
  assert.throws(() => readArguments(['--frehs']), /"--frehs" is not an option.*--fresh {3}start over/s)
})
