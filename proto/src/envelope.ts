import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  hkdfSync,
  type KeyObject,
} from 'node:crypto'
import { RoadsteadError } from './errors.ts'
import type { ClusterName, Digest } from './ids.ts'

/**
 * Encryption of releases: whoever reads the broker, or learns a digest, reads no release.
 *
 * One master secret stays with the hub, and all keys follow from it by HKDF-SHA256: one for each release,
 * under which its compressed bytes lie at the broker, and one for each cluster, which its agent is given
 * when it enrols. An assignment carries the keys of its releases, each encrypted ("wrapped") under the key
 * of its cluster, so that it can be issued before there is an agent.
 *
 * What is encrypted is an envelope: nonce (12 bytes), ciphertext, tag (16 bytes) of AES-256-GCM, with what
 * it belongs to as additional data. GCM must never see two texts under one key and nonce, so the nonce is
 * the hash of the text. The same text gives the same envelope, which lets the chunks of a release be stored
 * in several attempts; and a text that differs has a nonce that differs. (One release is one list of objects,
 * but not one run of bytes: the next zstd may compress it in another way.) Such a nonce tells whoever can
 * guess the whole text that the guess is right. So does a release's digest, and nobody guesses a key.
 */
export interface ReleaseKeys {
  /** What the agent of this cluster is given when it enrols: base64url of 32 bytes. */
  clusterKey(cluster: ClusterName): string
  /** What is stored at the broker. */
  encryptRelease(release: Digest, compressed: Uint8Array): Uint8Array
  /** For assignments that are issued together: it keeps the keys that it derives, for as long as it is kept. */
  startWrapping(): WrapKey
}

/** A release's key as this cluster's agent, and no other, can open it: base64url. */
export type WrapKey = (cluster: ClusterName, release: Digest) => string

/** Whose agent opens what is encrypted for a cluster. */
export interface KeyHolder {
  readonly cluster: ClusterName
  /** As the hub gave it. */
  readonly clusterKey: string
}

export const keyBytes = 32
const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16
/** By how much an envelope is longer than what is in it. */
export const envelopeBytes = nonceBytes + tagBytes

/** @param master 32 random bytes */
export function createReleaseKeys(master: Uint8Array): ReleaseKeys {
  if (master.byteLength !== keyBytes) {
    throw new RoadsteadError('bad-request', `the master key has ${master.byteLength} bytes, not ${keyBytes}`)
  }
  // Key objects, not bytes: OpenSSL takes them three times as fast, and no log prints them.
  const secret = createSecretKey(master)
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', secret, '', purpose, keyBytes))
  const clusterKey = (cluster: ClusterName) => derive(`roadstead cluster ${cluster}`)
  const releaseKey = (release: Digest) => derive(`roadstead release ${release}`)
  return {
    clusterKey: (cluster) => clusterKey(cluster).toString('base64url'),
    encryptRelease: (release, compressed) =>
      encrypt(createSecretKey(releaseKey(release)), release, compressed),
    startWrapping() {
      const forCluster = remember((cluster: ClusterName) => createSecretKey(clusterKey(cluster)))
      const ofRelease = remember(releaseKey)
      return (cluster, release) =>
        encrypt(forCluster(cluster), wrapContext(cluster, release), ofRelease(release)).toString('base64url')
    },
  }
}

/**
 * The key of a release, from the assignment that names it.
 *
 * @throws RoadsteadError `undecryptable` unless it was wrapped for this cluster and this release
 */
export function unwrapReleaseKey(
  { cluster, clusterKey }: KeyHolder,
  release: Digest,
  wrapped: string,
): Uint8Array {
  const envelope = Buffer.from(wrapped, 'base64url')
  const key = decrypt(Buffer.from(clusterKey, 'base64url'), wrapContext(cluster, release), envelope)
  if (key) return key
  throw new RoadsteadError(
    'undecryptable',
    `the key of release ${release} does not open with the key that cluster ${cluster} was given when it enrolled; ` +
      'if the hub’s secrets were replaced since, enrol the cluster again',
  )
}

/**
 * The compressed bytes of a release, from what the broker holds. They still have to be verified against
 * the digest: see `openRelease`.
 *
 * @throws RoadsteadError `undecryptable` when these are not the bytes that the hub stored
 */
export function decryptRelease(key: Uint8Array, release: Digest, encrypted: Uint8Array): Uint8Array {
  const compressed = decrypt(key, release, encrypted)
  if (compressed) return compressed
  throw new RoadsteadError(
    'undecryptable',
    `release ${release} does not open with its key: the broker holds other bytes under its name`,
  )
}

const wrapContext = (cluster: ClusterName, release: Digest): string => `${cluster} ${release}`

function encrypt(key: KeyObject, context: string, text: Uint8Array): Buffer {
  // No context contains a line feed.
  const hash = createHash('sha256').update(`${context}\n`).update(text).digest()
  const nonce = hash.subarray(0, nonceBytes)
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(context))
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()])
}

/** Undefined, whatever is wrong: a key of another length as well as a tag that does not fit. */
function decrypt(key: Uint8Array, context: string, envelope: Uint8Array): Uint8Array | undefined {
  if (envelope.byteLength < envelopeBytes) return undefined
  const end = envelope.byteLength - tagBytes
  try {
    const decipher = createDecipheriv(algorithm, createSecretKey(key), envelope.subarray(0, nonceBytes))
      .setAAD(Buffer.from(context))
      .setAuthTag(envelope.subarray(end))
    const text = decipher.update(envelope.subarray(nonceBytes, end))
    // GCM has no padding: this returns nothing, and throws unless the tag is genuine.
    decipher.final()
    return text
  } catch {
    return undefined
  }
}

function remember<Name, Value>(make: (name: Name) => Value): (name: Name) => Value {
  const known = new Map<Name, Value>()
  return (name) => {
    const value = known.get(name) ?? make(name)
    known.set(name, value)
    return value
  }
}
