import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import * as v from 'valibot'
import { canonicalJson, digestOf, type JsonObject } from '../canonical.ts'
import { decoder } from '../decode.ts'
import { RoadsteadError } from '../errors.ts'
import type { Digest } from '../ids.ts'
import { limits } from '../limits.ts'

/** A Kubernetes object as far as everything here relies on it. */
export const KubernetesObjectSchema = v.looseObject({
  apiVersion: v.pipe(v.string(), v.minLength(1), v.maxLength(317)),
  kind: v.pipe(v.string(), v.minLength(1), v.maxLength(253)),
  metadata: v.looseObject({
    name: v.pipe(v.string(), v.minLength(1), v.maxLength(253)),
    namespace: v.exactOptional(v.pipe(v.string(), v.maxLength(253))),
    labels: v.exactOptional(v.record(v.string(), v.string())),
    annotations: v.exactOptional(v.record(v.string(), v.string())),
  }),
})

/** The objects of a release in the order of rendering; named by the digest of its canonical JSON. */
export const ReleaseSchema = v.object({
  objects: v.pipe(v.array(KubernetesObjectSchema), v.maxLength(limits.objectsPerRelease)),
})

export type KubernetesObject = v.InferOutput<typeof KubernetesObjectSchema> & JsonObject
export interface Release {
  readonly objects: readonly KubernetesObject[]
}

export interface EncodedRelease {
  readonly digest: Digest
  /** Bytes of the canonical JSON, before compression. */
  readonly bytes: number
  readonly compressed: Uint8Array
}

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

/** @throws RoadsteadError `too-large` when the release is over its limit */
export async function encodeRelease(release: Release): Promise<EncodedRelease> {
  const json = Buffer.from(canonicalJson({ objects: release.objects }))
  if (json.byteLength > limits.releaseBytes) {
    throw new RoadsteadError(
      'too-large',
      `the release has ${json.byteLength} bytes; the limit is ${limits.releaseBytes}. Split the app.`,
    )
  }
  return { digest: digestOf(json), bytes: json.byteLength, compressed: await compress(json) }
}

const decodeReleaseJson = decoder('release', ReleaseSchema, limits.releaseBytes)

/**
 * Decompresses a release and verifies it against the digest it was asked for by, without reading it.
 *
 * @returns its canonical JSON
 * @throws RoadsteadError `undecodable`, `too-large` or `digest-mismatch`
 */
export async function openRelease(digest: Digest, compressed: Uint8Array): Promise<Uint8Array> {
  const json = await decompress(compressed, { maxOutputLength: limits.releaseBytes }).catch(
    (cause: unknown) => {
      throw new RoadsteadError('undecodable', `release ${digest} does not decompress`, { cause })
    },
  )
  const actual = digestOf(json)
  if (actual === digest) return json
  throw new RoadsteadError('digest-mismatch', `asked for release ${digest}, got the bytes of ${actual}`)
}

/** Opens and reads a release. @throws RoadsteadError `undecodable`, `too-large` or `digest-mismatch` */
export async function decodeRelease(digest: Digest, compressed: Uint8Array): Promise<Release> {
  return decodeReleaseJson(await openRelease(digest, compressed)) as Release
}

/** Splits an encrypted release into the chunks that NATS carries; never none. */
export function chunksOf(encrypted: Uint8Array): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let start = 0; start < encrypted.byteLength || start === 0; start += limits.releaseChunkBytes) {
    chunks.push(encrypted.subarray(start, start + limits.releaseChunkBytes))
  }
  return chunks
}
