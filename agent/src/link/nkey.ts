import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { RoadsteadError } from '@roadstead/proto'
import { decodeBase32, encodeBase32 } from './base32.ts'

/**
 * A user nkey: an Ed25519 key in NATS' notation. Signed with the platform's own Ed25519, because the pure
 * JavaScript one that nats.js carries takes some hundred times as long.
 */
export interface UserKey {
  /** `SU…`, a secret. */
  readonly seed: string
  /** `U…` */
  readonly publicKey: string
  sign(bytes: Uint8Array): Uint8Array
}

const userPrefix = 20 << 3
const seedPrefix = 18 << 3
/** What stands before the 32 bytes of a raw Ed25519 private key in PKCS #8. */
const pkcs8Header = Buffer.from('302e020100300506032b657004220420', 'hex')

export function createUserKey(): UserKey {
  const { privateKey } = generateKeyPairSync('ed25519')
  const raw = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url')
  return userKey(raw, privateKey)
}

/** @throws RoadsteadError `undecodable` when this is not a user's seed */
export function parseUserSeed(seed: string): UserKey {
  const bytes = decodeBase32(seed.trim())
  const [first = 0, second = 0] = bytes
  const kind = ((first & 7) << 5) | (second >> 3)
  const checked = bytes.length === 36 && crc16(bytes.subarray(0, 34)) === readCrc(bytes)
  if (!checked || (first & 248) !== seedPrefix || kind !== userPrefix) {
    throw new RoadsteadError('undecodable', 'the nkey seed is not one of a user (SU…)')
  }
  const raw = bytes.subarray(2, 34)
  const der = Buffer.concat([pkcs8Header, raw])
  return userKey(raw, createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }))
}

function userKey(raw: Uint8Array, key: KeyObject): UserKey {
  const publicRaw = Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url')
  const seedHeader = [seedPrefix | (userPrefix >> 5), (userPrefix & 31) << 3]
  return {
    seed: encodeBase32(withCrc(Buffer.concat([Buffer.from(seedHeader), raw]))),
    publicKey: encodeBase32(withCrc(Buffer.concat([Buffer.from([userPrefix]), publicRaw]))),
    sign: (bytes) => sign(null, bytes, key),
  }
}

function withCrc(bytes: Uint8Array): Uint8Array {
  const crc = crc16(bytes)
  return Buffer.concat([bytes, Buffer.from([crc & 255, crc >> 8])])
}

const readCrc = (bytes: Uint8Array): number =>
  (bytes[bytes.length - 2] ?? 0) | ((bytes[bytes.length - 1] ?? 0) << 8)

/** CRC-16/XMODEM. */
function crc16(bytes: Uint8Array): number {
  let crc = 0
  for (const byte of bytes) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : crc << 1
  }
  return crc & 0xffff
}
