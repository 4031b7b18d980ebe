import assert from 'node:assert/strict'
import { test } from 'node:test'
import picocolors from 'picocolors'
import { table } from './table.ts'
import { plainLine, truncate, visibleWidth, wrap } from './text.ts'

const colors = picocolors.createColors(false)
const columns = [
  { title: 'NAME', shrinks: true },
  { title: 'N', align: 'right' },
  { title: 'MESSAGE', shrinks: true },
] as const

test('columns stand under their titles, and a missing value is a dash', () => {
  const rows = [{ cells: ['a', 7, undefined] }, { cells: ['longer', 12, 'words'] }]
  assert.equal(
    table(columns, rows, { colors, width: undefined }),
    `
NAME     N  MESSAGE
a        7  -
longer  12  words
`.slice(1),
  )
})

test('the widest column that may shrink gives way until the table fits', () => {
  const rows = [{ cells: ['prod-eu-west-1', 7, 'a message that is too long for the terminal'] }]
  const text = table(columns, rows, { colors, width: 40 })
  assert.equal(
    text,
    `
NAME            N  MESSAGE
prod-eu-west-1  7  a message that is to…
`.slice(1),
  )
})

test('colour does not move a column', () => {
  const painted = picocolors.createColors(true)
  const rows = [{ cells: [{ text: 'ok', paint: painted.green }, 1, 'x'] }, { cells: ['longer', 2, 'y'] }]
  const [, first = '', second = ''] = table(columns, rows, { colors, width: 80 }).split('\n')
  assert.ok(first.startsWith(painted.green('ok')))
  assert.equal(visibleWidth(first), visibleWidth(second))
})

test('lines below a row are indented and wrapped, never cut', () => {
  const rows = [{ cells: ['a', 1, 'x'], below: ['one two three four five'] }]
  assert.match(table(columns, rows, { colors, width: 20 }), /\n {2}one two three\n {4}four five\n$/)
})

test('what came from outside can not steer the terminal', () => {
  assert.equal(plainLine('a\u001b[2Jb\nc\u0007\u009b31md\u202e'), 'ab c d')
  const rows = [{ cells: ['x', 1, 'first\nsecond\u001b[1A\u001b[2Kforged'] }]
  const text = table(columns, rows, { colors, width: 80 })
  assert.ok(!text.includes('\u001b'))
  assert.equal(text.split('\n').length, 3)
})

test('text is cut between characters as readers count them', () => {
  assert.equal(truncate('👩‍🚀👩‍🚀👩‍🚀', 2), '👩‍🚀…')
  assert.equal(truncate('short', 5), 'short')
  assert.equal(truncate('anything', 0), '')
})

test('words wrap at the width', () => {
  assert.deepEqual(wrap('one two three', 7), ['one two', 'three'])
})
