import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBell } from './bell.ts'

const never = new AbortController().signal

test('a ring wakes whoever waits, and one that came before is not lost', async () => {
  const bell = createBell()
  const waiting = bell.wait(never)
  bell.ring()
  await waiting
  bell.ring()
  bell.ring()
  await bell.wait(never)
})

test('several rings before a wait are one', async () => {
  const bell = createBell()
  bell.ring()
  bell.ring()
  await bell.wait(never)
  const ending = new AbortController()
  let woken = false
  const waiting = bell.wait(ending.signal).then(() => {
    woken = true
  })
  await new Promise(setImmediate)
  assert.equal(woken, false)
  ending.abort()
  await waiting
})

test('a wait ends with its time and with its signal, and leaves nothing behind', async () => {
  const bell = createBell()
  await bell.wait(never, 1)
  await bell.wait(AbortSignal.abort())
})
