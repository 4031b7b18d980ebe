import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { wireContract } from './wire.ts'

test('the wire has not changed silently', () => {
  const agreed = JSON.parse(readFileSync(new URL('../wire.json', import.meta.url), 'utf8'))
  assert.deepEqual(
    JSON.parse(JSON.stringify(wireContract())),
    agreed,
    'What hub and agent say to each other has changed. If a hub and an agent of different age still ' +
      'understand each other, run `npm run wire -w proto` and commit wire.json with the change.',
  )
})
