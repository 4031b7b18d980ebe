import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  integer,
  list,
  oneOf,
  optional,
  port,
  readSettings,
  settingsMarkdown,
  text,
  url,
} from './settings.ts'

const table = {
  server: url('SERVER', 'where to connect'),
  token: text('TOKEN', 'the credential', { secret: true }),
  port: port('PORT', 'where to listen', { default: '8080' }),
  level: oneOf('info', 'debug')('LEVEL', 'how much to say', { default: 'info' }),
  names: list('NAMES', 'who', { default: '' }),
  pause: optional(integer('seconds', 1, 60)('PAUSE', 'how long')),
}

test('settings are read with their types and defaults', () => {
  const { values, faults } = readSettings(table, { SERVER: 'http://127.0.0.1', TOKEN: 't', NAMES: 'a, b,' })
  assert.deepEqual(faults, [])
  assert.deepEqual(values, {
    server: 'http://127.0.0.1',
    token: 't',
    port: 8080,
    level: 'info',
    names: ['a', 'b'],
    pause: undefined,
  })
})

test('all faults are reported together, and no secret with them', () => {
  const { faults } = readSettings(
    { ...table, token: integer('number', 0, 1)('TOKEN', 'the credential', { secret: true }) },
    { SERVER: 'nowhere', TOKEN: 'hunter2', PORT: '70000', LEVEL: 'loud', PAUSE: '0' },
  )
  assert.deepEqual(
    faults.map((fault) => fault.split(' ')[0]),
    ['SERVER', 'TOKEN', 'PORT', 'LEVEL', 'PAUSE'],
  )
  assert.doesNotMatch(faults.join(), /hunter2/)
  assert.match(readSettings(table, {}).faults[0] ?? '', /SERVER is required/)
})

test('the reference page has a row for each setting', () => {
  const page = settingsMarkdown(table)
  for (const { name } of Object.values(table)) assert.match(page, new RegExp(`\\| \`${name}\` \\|`))
})
