import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '@roadstead/test/harness'
import { claimLock, type Holder } from './lock.ts'

const alice: Holder = { pid: 101, startedMs: 1_000 }
const bob: Holder = { pid: 102, startedMs: 2_000 }
const everybodyLives = async () => true
const nobodyLives = async () => false

function lockPath() {
  const directory = temporaryDirectory('lock')
  return { path: join(directory.path, 'state', 'sandbox.lock'), [Symbol.dispose]: directory.remove }
}

test('the second one learns who was first, and where its hub is', async () => {
  using place = lockPath()
  const first = await claimLock(place.path, alice, everybodyLives)
  assert.ok('lock' in first)
  assert.deepEqual(await claimLock(place.path, bob, everybodyLives), { holder: alice })
  first.lock.announce('http://127.0.0.1:7070')
  assert.deepEqual(await claimLock(place.path, bob, everybodyLives), {
    holder: { ...alice, url: 'http://127.0.0.1:7070' },
  })
})

test('a released lock is free and leaves no file', async () => {
  using place = lockPath()
  const first = await claimLock(place.path, alice, everybodyLives)
  assert.ok('lock' in first)
  first.lock.release()
  assert.deepEqual(readdirSync(join(place.path, '..')), [])
  assert.ok('lock' in (await claimLock(place.path, bob, everybodyLives)))
})

test('the lock of one who was killed is taken over, and its late release harms nobody', async () => {
  using place = lockPath()
  const killed = await claimLock(place.path, alice, everybodyLives)
  assert.ok('lock' in killed)
  assert.ok('lock' in (await claimLock(place.path, bob, nobodyLives)))
  killed.lock.release()
  assert.deepEqual(await claimLock(place.path, alice, everybodyLives), { holder: bob })
})

test('a damaged lock file blocks nobody', async () => {
  using place = lockPath()
  const first = await claimLock(place.path, alice, everybodyLives)
  assert.ok('lock' in first)
  writeFileSync(place.path, '{"pid":')
  assert.ok('lock' in (await claimLock(place.path, bob, everybodyLives)))
})

test('of many that find a dead lock at once, one gets it', async () => {
  using place = lockPath()
  await claimLock(place.path, alice, everybodyLives)
  const lives = async (holder: Holder) => holder.pid !== alice.pid
  const claims = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      claimLock(place.path, { pid: 200 + index, startedMs: 3_000 }, lives),
    ),
  )
  assert.equal(claims.filter((claim) => 'lock' in claim).length, 1)
})
