import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  createReleaseKeys,
  decryptRelease,
  envelopeBytes,
  type KeyHolder,
  unwrapReleaseKey,
} from './envelope.ts'
import { codeOf } from './errors.ts'
import type { ClusterName, Digest } from './ids.ts'

const keys = createReleaseKeys(randomBytes(32))
const release = `sha256:${'a'.repeat(64)}` as Digest
const otherRelease = `sha256:${'b'.repeat(64)}` as Digest
const here = 'here' as ClusterName
const there = 'there' as ClusterName
const compressed = randomBytes(500)

const holderOf = (cluster: ClusterName, from = keys): KeyHolder => ({
  cluster,
  clusterKey: from.clusterKey(cluster),
})
const wrapped = keys.startWrapping()(here, release)
const releaseKey = unwrapReleaseKey(holderOf(here), release, wrapped)
const encrypted = keys.encryptRelease(release, compressed)

/** What comes out, or the code of the error. */
const outcome = (open: () => Uint8Array): string => {
  try {
    return Buffer.from(open()).toString('hex')
  } catch (error) {
    return codeOf(error)
  }
}
const whole = compressed.toString('hex')

describe('an encrypted release', () => {
  test('opens for the cluster that its key was wrapped for', () => {
    assert.equal(
      outcome(() => decryptRelease(releaseKey, release, encrypted)),
      whole,
    )
    assert.equal(encrypted.byteLength, compressed.byteLength + envelopeBytes)
  })

  test('opens whatever is in it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        const opened = decryptRelease(releaseKey, release, keys.encryptRelease(release, bytes))
        assert.deepEqual(Buffer.from(opened), Buffer.from(bytes))
      }),
    )
  })

  test('does not open after any change of one byte of it', () => {
    fc.assert(
      fc.property(fc.nat(encrypted.length - 1), fc.integer({ min: 1, max: 255 }), (index, change) => {
        const changed = Buffer.from(encrypted)
        changed[index]! ^= change
        assert.equal(
          outcome(() => decryptRelease(releaseKey, release, changed)),
          'undecryptable',
        )
      }),
    )
  })

  test('does not open when it is cut short or is anything else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.nat(encrypted.length - 1).map((length) => encrypted.subarray(0, length)),
        ),
        (bytes) => {
          assert.equal(
            outcome(() => decryptRelease(releaseKey, release, bytes)),
            'undecryptable',
          )
        },
      ),
    )
  })

  test('does not open with the key of another release, nor under its name', () => {
    const otherKey = unwrapReleaseKey(holderOf(here), otherRelease, keys.startWrapping()(here, otherRelease))
    assert.equal(
      outcome(() => decryptRelease(otherKey, release, encrypted)),
      'undecryptable',
    )
    assert.equal(
      outcome(() => decryptRelease(releaseKey, otherRelease, encrypted)),
      'undecryptable',
    )
  })

  test('is the same each time, so that its chunks may be stored in several attempts', () => {
    assert.deepEqual(keys.encryptRelease(release, compressed), encrypted)
  })

  test('has another nonce when it was compressed in another way', () => {
    const nonceOf = (envelope: Uint8Array) => Buffer.from(envelope.subarray(0, 12)).toString('hex')
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (one, two) => {
        const nonces = [one, two].map((bytes) => nonceOf(keys.encryptRelease(release, bytes)))
        assert.equal(nonces[0] === nonces[1], Buffer.from(one).equals(two))
      }),
    )
  })
})

describe('a wrapped key', () => {
  test('is refused by every cluster but its own, under whatever name', () => {
    for (const holder of [
      holderOf(there),
      { cluster: here, clusterKey: keys.clusterKey(there) },
      { cluster: there, clusterKey: keys.clusterKey(here) },
      holderOf(here, createReleaseKeys(randomBytes(32))),
    ]) {
      assert.equal(
        outcome(() => unwrapReleaseKey(holder, release, wrapped)),
        'undecryptable',
      )
    }
  })

  test('is refused for another release', () => {
    assert.equal(
      outcome(() => unwrapReleaseKey(holderOf(here), otherRelease, wrapped)),
      'undecryptable',
    )
  })

  test('is refused after any change of one byte of it', () => {
    const envelope = Buffer.from(wrapped, 'base64url')
    fc.assert(
      fc.property(fc.nat(envelope.length - 1), fc.integer({ min: 1, max: 255 }), (index, change) => {
        const changed = Buffer.from(envelope)
        changed[index]! ^= change
        assert.equal(
          outcome(() => unwrapReleaseKey(holderOf(here), release, changed.toString('base64url'))),
          'undecryptable',
        )
      }),
    )
  })

  test('is refused, and nothing else happens, when it or the cluster’s key is any text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (clusterKey, text) => {
        for (const [holder, key] of [
          [{ cluster: here, clusterKey }, wrapped],
          [holderOf(here), text],
        ] as const) {
          assert.equal(
            outcome(() => unwrapReleaseKey(holder, release, key)),
            'undecryptable',
          )
        }
      }),
    )
  })

  test('is the same from a wrapping that knows the keys already', () => {
    const wrap = keys.startWrapping()
    for (const cluster of [here, there, here]) {
      assert.equal(wrap(cluster, release), keys.startWrapping()(cluster, release))
    }
  })
})

test('a master key of another length is refused', () => {
  assert.throws(() => createReleaseKeys(randomBytes(31)), /31 bytes/)
})
