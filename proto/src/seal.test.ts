import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { codeOf } from './errors.ts'
import { createSigner, openSeal, type Purpose, trustKeys } from './seal.ts'

const newSigner = () =>
  createSigner(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())

const signer = newSigner()
const trusted = trustKeys([signer.publicKey])
const payload = Buffer.from('{"cluster":"dev-1"}')

const refusal = (message: Uint8Array, keys = trusted) => {
  try {
    openSeal('assignment', message, keys)
  } catch (error) {
    return codeOf(error)
  }
  return 'opened'
}

describe('a sealed message', () => {
  test('opens to the payload it was made of', () => {
    assert.deepEqual(
      Buffer.from(openSeal('assignment', signer.seal('assignment', payload), trusted)),
      payload,
    )
  })

  test('does not open when it is sealed with a key that is not trusted', () => {
    assert.equal(refusal(newSigner().seal('assignment', payload)), 'unknown-key')
    assert.equal(refusal(signer.seal('assignment', payload), new Map()), 'unknown-key')
  })

  test('does not open when it was sealed for another purpose', () => {
    assert.equal(refusal(signer.seal('other' as Purpose, payload)), 'bad-signature')
  })

  test('does not open after any single byte of it changed, and fails with a code of ours', () => {
    const sealed = signer.seal('assignment', payload)
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), (index, change) => {
        const forged = Buffer.from(sealed)
        forged[index]! ^= change
        assert.ok(['undecodable', 'unknown-key', 'bad-signature'].includes(refusal(forged)), `byte ${index}`)
      }),
    )
  })

  test('does not open when its signature is spelled in another way', () => {
    const sealed = Buffer.from(signer.seal('assignment', payload)).toString('latin1')
    const [, , , signature = ''] = sealed.split('\n', 1)[0]!.split(' ')
    for (const other of [
      `${signature}=`,
      signature.replaceAll('-', '+').replaceAll('_', '/'),
      `${signature.slice(0, -1)}${nextLetter(signature)}`,
    ]) {
      if (other !== signature)
        assert.equal(refusal(Buffer.from(sealed.replace(signature, other), 'latin1')), 'bad-signature')
    }
  })

  test('does not open when it is cut short or is anything else', () => {
    const sealed = signer.seal('assignment', payload)
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), (length) => {
        assert.notEqual(refusal(sealed.subarray(0, length)), 'opened')
      }),
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => refusal(bytes) !== 'opened'))
  })
})

/** The last letter of 64 bytes in base64url carries four bits that say nothing. */
const nextLetter = (signature: string): string => {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return letters[letters.indexOf(signature.at(-1)!) + 1]!
}
