/** Rules for the text of a file. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withoutComments } from './imports.ts'
import { codeFiles, isTest, type SourceFile, textFiles } from './repository.ts'

const MAX_LINES = 400

/** Where a program meets its surroundings. Everywhere else they are arguments. */
const EDGES = /^(services|deploy|test)\/|(^|\/)(config|scripts)\//

test(`no file of code has more than ${MAX_LINES} lines`, () => {
  const lines = ({ text }: SourceFile) => text.split('\n').length - 1
  const long = codeFiles().filter((file) => lines(file) > MAX_LINES)
  assert.deepEqual(
    long.map((file) => `${file.path}: ${lines(file)} lines`),
    [],
  )
})

test('the environment, the exit and the console belong to the edges', () => {
  const inner = codeFiles().filter(({ path }) => !EDGES.test(path) && !isTest(path))
  assert.deepEqual(matches(inner, /\bprocess\.(env|exit)\b|\bconsole\.\w+/), [])
})

test('no file knows the machine that it was written on', () => {
  const paths = /(?<![\w.$}])\/(root|home\/\w+|Users\/\w+|work)\/\w+/
  assert.deepEqual(matches(textFiles(), paths), [])
})

test('nothing is left for later in a comment', () => {
  const marks = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].join('|')})\\b`)
  const all = textFiles().map(({ path, text }) => ({ path, text }))
  assert.deepEqual(findLines(all, marks), [])
})

function matches(files: SourceFile[], pattern: RegExp): string[] {
  return findLines(
    files.map(({ path, text }) => ({
      path,
      text: /\.(ts|mjs|js)$/.test(path) ? withoutComments(text) : text,
    })),
    pattern,
  )
}

function findLines(files: SourceFile[], pattern: RegExp): string[] {
  return files.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  )
}
