import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { settings } from '@roadstead/proto'
import { agentSettings } from './table.ts'

test('the page on the agent shows the settings as they are', () => {
  const page = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  assert.ok(page.includes(settings.settingsMarkdown(agentSettings).trim()))
})
