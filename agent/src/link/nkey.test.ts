import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeBase32, encodeBase32 } from './base32.ts'
import { createUserKey, parseUserSeed } from './nkey.ts'

/** The library's own implementation, as the judge. */
const { fromSeed, fromPublic } = createRequire(import.meta.url)('@nats-io/nkeys') as {
  fromSeed(seed: Uint8Array): { getPublicKey(): string; sign(bytes: Uint8Array): Uint8Array }
  fromPublic(key: string): { verify(bytes: Uint8Array, signature: Uint8Array): boolean }
}

test('a key that is made here is the same key to NATS, and its signatures are good', () => {
  const key = createUserKey()
  const theirs = fromSeed(Buffer.from(key.seed))
  const nonce = Buffer.from('a nonce')
  assert.equal(theirs.getPublicKey(), key.publicKey)
  assert.equal(fromPublic(key.publicKey).verify(nonce, key.sign(nonce)), true)
})

test('a seed gives its key back', () => {
  const key = createUserKey()
  assert.equal(parseUserSeed(`${key.seed}\n`).publicKey, key.publicKey)
})

test('a damaged seed, and one of another kind, is refused', () => {
  const { seed } = createUserKey()
  const damaged = `${seed.slice(0, -1)}${seed.endsWith('A') ? 'B' : 'A'}`
  assert.throws(() => parseUserSeed(damaged), { code: 'undecodable' })
  assert.throws(() => parseUserSeed('SAANWF'), { code: 'undecodable' })
  assert.throws(() => parseUserSeed('not base 32!'), { code: 'undecodable' })
})

test('base 32 takes any bytes there and back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      assert.deepEqual(decodeBase32(encodeBase32(bytes)), Uint8Array.from(bytes))
    }),
  )
})
