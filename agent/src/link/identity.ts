import { readFile } from 'node:fs/promises'
import {
  type ClusterName,
  canonicalJson,
  decodeEnrolmentResponse,
  type EnrolmentRequest,
  type EnrolmentResponse,
  keyBytes,
  RoadsteadError,
} from '@roadstead/proto'
import type { StateStore } from '../disk.ts'
import { createUserKey, parseUserSeed, type UserKey } from './nkey.ts'

/** Who an agent is to the broker, and whose assignments it believes. */
export interface Identity {
  readonly cluster: ClusterName
  readonly key: UserKey
  readonly userJwt: string
  readonly natsUrls: readonly string[]
  /** PEM public keys of the hub. */
  readonly assignmentKeys: readonly string[]
  /** A secret: what opens the keys of the releases that this cluster is assigned. */
  readonly clusterKey: string
  readonly natsCertificateAuthority?: string | undefined
}

/** Where a first start finds its identity. */
export type IdentitySource =
  | { readonly kind: 'stored' }
  | { readonly kind: 'enrol'; readonly hubUrl: URL; readonly token: string }
  | {
      readonly kind: 'files'
      readonly seedFile: string
      readonly userJwtFile: string
      readonly assignmentKeysFile: string
      readonly clusterKeyFile: string
      readonly natsUrls: readonly string[]
    }

const seedName = 'identity/seed'
const enrolledName = 'identity/enrolled.json'
const enrolTimeoutMs = 20_000

/**
 * The identity: from the files that were named, else what an earlier start stored, else by enrolling. The
 * key is stored before the hub hears of it, so that a crash in between repeats the request with the same
 * key.
 *
 * @throws RoadsteadError `unauthenticated` where there is neither an identity nor a token to get one
 */
export async function loadIdentity(
  cluster: ClusterName,
  source: IdentitySource,
  store: StateStore,
  signal: AbortSignal,
): Promise<Identity> {
  if (source.kind === 'files') return identityFromFiles(cluster, source)
  const stored = await storedIdentity(cluster, store)
  if (stored) return stored
  if (source.kind === 'stored') {
    throw new RoadsteadError(
      'unauthenticated',
      `cluster ${cluster} is not enrolled: give ROADSTEAD_HUB_URL and ROADSTEAD_ENROLMENT_TOKEN`,
    )
  }
  const key = await storedKey(store)
  const request: EnrolmentRequest = { cluster, token: source.token, publicKey: key.publicKey }
  const response = await enrol(source.hubUrl, request, signal)
  await store.write(enrolledName, canonicalJson(response))
  return { ...response, key }
}

async function identityFromFiles(
  cluster: ClusterName,
  files: Extract<IdentitySource, { kind: 'files' }>,
): Promise<Identity> {
  const { seedFile, userJwtFile, assignmentKeysFile, clusterKeyFile } = files
  const [seed = '', userJwt = '', keys = '', clusterKey = ''] = await Promise.all(
    [seedFile, userJwtFile, assignmentKeysFile, clusterKeyFile].map((path) => readFile(path, 'utf8')),
  )
  if (Buffer.from(clusterKey, 'base64url').byteLength !== keyBytes) {
    throw new RoadsteadError('bad-request', `${clusterKeyFile} does not hold ${keyBytes} bytes of base64url`)
  }
  return {
    cluster,
    key: parseUserSeed(seed),
    userJwt: userJwt.trim(),
    natsUrls: files.natsUrls,
    assignmentKeys: keys.match(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g) ?? [],
    clusterKey: clusterKey.trim(),
  }
}

async function storedIdentity(cluster: ClusterName, store: StateStore): Promise<Identity | undefined> {
  const [seed, enrolled] = [await store.read(seedName), await store.read(enrolledName)]
  if (!seed || !enrolled) return undefined
  const response = readEnrolled(enrolled)
  if (response.cluster === cluster) {
    return { ...response, key: parseUserSeed(Buffer.from(seed).toString('utf8')) }
  }
  throw new RoadsteadError(
    'wrong-cluster',
    `the state directory belongs to cluster ${response.cluster}, not ${cluster}; give each agent its own`,
  )
}

function readEnrolled(bytes: Uint8Array): EnrolmentResponse {
  try {
    return decodeEnrolmentResponse(bytes)
  } catch (cause) {
    const remedy = `remove ${enrolledName} from the state directory and enrol again with a new token`
    throw new RoadsteadError('undecodable', `the stored identity can not be used; ${remedy}`, { cause })
  }
}

async function storedKey(store: StateStore): Promise<UserKey> {
  const stored = await store.read(seedName)
  if (stored) return parseUserSeed(Buffer.from(stored).toString('utf8'))
  const key = createUserKey()
  await store.write(seedName, key.seed)
  return key
}

async function enrol(hub: URL, request: EnrolmentRequest, signal: AbortSignal): Promise<EnrolmentResponse> {
  const url = new URL('v1/enrol', hub.href.endsWith('/') ? hub : new URL(`${hub.href}/`))
  const timed = AbortSignal.any([signal, AbortSignal.timeout(enrolTimeoutMs)])
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(request),
    signal: timed,
  }).catch((cause: unknown) => {
    throw new RoadsteadError('unavailable', `the hub at ${url} can not be reached`, { retry: 'retry', cause })
  })
  const body = new Uint8Array(await response.arrayBuffer())
  if (response.ok) return decodeEnrolmentResponse(body)
  const said = Buffer.from(body.subarray(0, 1_000)).toString('utf8')
  const refused = response.status >= 400 && response.status < 500 && response.status !== 429
  throw new RoadsteadError(
    refused ? 'unauthenticated' : 'unavailable',
    `the hub refused to enrol ${request.cluster} (${response.status}): ${said}`,
    { retry: refused ? 'terminal' : 'retry' },
  )
}
