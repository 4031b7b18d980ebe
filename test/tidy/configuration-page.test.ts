import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { configurationPage, configurationPagePath } from './configuration-page.ts'

test('docs/configuration.md is what the programs read', () => {
  assert.equal(readFileSync(configurationPagePath, 'utf8'), configurationPage(), 'run `npm run docs`')
})
