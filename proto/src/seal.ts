import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { RoadsteadError } from './errors.ts'

/**
 * A sealed message is one self-contained run of bytes, the same on the wire, in the database and on an
 * agent's disk: an ASCII line `RS1 <purpose> <key id> <signature>` and, after the line feed, the payload
 * as it was signed. The signature (Ed25519, base64url) covers the purpose as well as the payload, so
 * that a message sealed for one purpose can not pass for another.
 */
export type Purpose = 'assignment'

export interface Signer {
  /** The first 16 hexadecimal digits of the SHA-256 of the raw public key. */
  readonly keyId: string
  /** PEM (SPKI); what agents are given when they enrol. */
  readonly publicKey: string
  seal(purpose: Purpose, payload: Uint8Array): Uint8Array
}

/** Public keys that are trusted, by key id. More than one while a key is being replaced. */
export type TrustedKeys = ReadonlyMap<string, KeyObject>

const magic = 'RS1'
const headerMaxBytes = 256

/** @param privateKey an Ed25519 private key, PEM (PKCS #8) */
export function createSigner(privateKey: string): Signer {
  const key = createPrivateKey(privateKey)
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new RoadsteadError('bad-signature', `the signing key is ${key.asymmetricKeyType}, not ed25519`)
  }
  const publicKey = createPublicKey(key)
  const keyId = keyIdOf(publicKey)
  return {
    keyId,
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    seal(purpose, payload) {
      const signature = sign(null, signedBytes(purpose, payload), key).toString('base64url')
      return Buffer.concat([Buffer.from(`${magic} ${purpose} ${keyId} ${signature}\n`), payload])
    },
  }
}

/** @param publicKeys Ed25519 public keys, PEM (SPKI) */
export function trustKeys(publicKeys: readonly string[]): TrustedKeys {
  const keys = publicKeys.map((pem) => createPublicKey(pem))
  return new Map(keys.map((key) => [keyIdOf(key), key]))
}

/**
 * The payload of a sealed message, if it was sealed for this purpose by a trusted key.
 *
 * @throws RoadsteadError `undecodable`, `unknown-key` or `bad-signature`; never anything else
 */
export function openSeal(purpose: Purpose, message: Uint8Array, trusted: TrustedKeys): Uint8Array {
  const end = message.subarray(0, headerMaxBytes).indexOf(0x0a)
  const header = end < 0 ? [] : Buffer.from(message.subarray(0, end)).toString('latin1').split(' ')
  const [mark, statedPurpose, keyId, signature] = header
  if (mark !== magic || !statedPurpose || !keyId || !signature || header.length !== 4) {
    throw new RoadsteadError('undecodable', 'the message does not start with a seal')
  }
  const key = trusted.get(keyId)
  if (!key) throw new RoadsteadError('unknown-key', `the message is sealed with the unknown key ${keyId}`)
  const payload = message.subarray(end + 1)
  const signatureBytes = Buffer.from(signature, 'base64url')
  const genuine =
    statedPurpose === purpose &&
    // One signature has one spelling: decoding also takes `+` for `-`, and ignores stray bits at the end.
    signatureBytes.toString('base64url') === signature &&
    verify(null, signedBytes(purpose, payload), key, signatureBytes)
  if (!genuine) throw new RoadsteadError('bad-signature', `the seal of the ${purpose} is not genuine`)
  return payload
}

function signedBytes(purpose: Purpose, payload: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`roadstead.dev/v1 ${purpose}\n`), payload])
}

function keyIdOf(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(der).digest('hex').slice(0, 16)
}
