import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import { connect, headers, type NatsConnection } from '@nats-io/transport-node'
import {
  type AssignedApp,
  type Assignment,
  agentPermissions,
  type ClusterName,
  canonicalJson,
  chunksOf,
  createReleaseKeys,
  createSigner,
  decodeReport,
  directGetAnyRelease,
  directGetAssignment,
  encodeAssignment,
  encodeRelease,
  headers as headerNames,
  type KubernetesObject,
  type ReleaseKeys,
  type Report,
  releaseMapping,
  type Signer,
  streams,
  subjects,
} from '@roadstead/proto'
import { type Nats, startNats } from '../../../test/harness/index.ts'
import type { AssignedRelease } from '../inbox/index.ts'
import type { Identity } from '../link/index.ts'
import { createUserKey } from '../link/nkey.ts'

/** The hub's end of the wire, for tests: a real broker with two accounts, and the hub's keys. */
export interface TestBroker extends AsyncDisposable {
  readonly nats: Nats
  readonly identity: Identity
  readonly signer: Signer
  readonly releaseKeys: ReleaseKeys
  /** Every report that was stored, in the order of the stream. */
  readonly reports: readonly Report[]
  /** Stores the releases of the apps, then the assignment; what is left out is as in `assignmentOf`. */
  assign(change: AssignmentChange): Promise<Assignment>
  /** Stores these bytes where the assignment stands. */
  store(sealed: Uint8Array): Promise<void>
  request(subject: string, payload: Uint8Array): Promise<Uint8Array>
  /** Connects again after the server was stopped. */
  restart(): Promise<void>
}

export interface AppChange {
  readonly app: string
  readonly objects: readonly object[]
  readonly dependsOn?: readonly string[]
  readonly policy?: Partial<AssignedApp['policy']>
}

export interface AssignmentChange {
  readonly generation: number
  readonly apps: readonly AppChange[]
  readonly variables?: Assignment['variables']
  readonly allowEmpty?: boolean
  readonly deletionApprovals?: Assignment['deletionApprovals']
  readonly since?: number
  readonly traceparent?: string
}

export async function startBroker(cluster: ClusterName): Promise<TestBroker> {
  const key = createUserKey()
  const nats = await startNats({ config: configOf(cluster, key.publicKey) })
  const { privateKey } = generateKeyPairSync('ed25519')
  const signer = createSigner(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  const releaseKeys = createReleaseKeys(randomBytes(32))
  const wrapKey = releaseKeys.startWrapping()
  const reports: Report[] = []
  let hub = await connectHub(nats, cluster, reports)
  await createStreams(hub, cluster)

  const put = async (subject: string, payload: Uint8Array, extra: Record<string, string> = {}) => {
    const with_ = headers()
    for (const [name, value] of Object.entries(extra)) with_.set(name, value)
    const answer = (await hub.request(subject, payload, { headers: with_, timeout: 5_000 })).json() as {
      error?: { description: string }
    }
    if (answer.error) throw new Error(`${subject}: ${answer.error.description}`)
  }

  const storeRelease = async (objects: readonly object[]) => {
    const release = await encodeRelease({ objects: objects as KubernetesObject[] })
    const chunks = chunksOf(releaseKeys.encryptRelease(release.digest, release.compressed))
    for (const [index, chunk] of chunks.entries()) {
      await put(subjects.releaseChunk(release.digest, index), chunk, {
        [headerNames.chunks]: String(chunks.length),
      })
    }
    return release
  }

  return {
    nats,
    signer,
    releaseKeys,
    reports,
    identity: {
      cluster,
      key,
      userJwt: '',
      natsUrls: [nats.url],
      assignmentKeys: [signer.publicKey],
      clusterKey: releaseKeys.clusterKey(cluster),
    },
    async assign(change) {
      const apps: AssignedApp[] = []
      for (const { app, objects, dependsOn, policy } of change.apps) {
        const { digest, bytes } = await storeRelease(objects)
        const release = { release: digest, releaseBytes: bytes, releaseKey: wrapKey(cluster, digest) }
        apps.push(assignedApp(app, release, change, dependsOn, policy))
      }
      const assignment = assignmentOf(cluster, change, apps)
      const sealed = signer.seal('assignment', encodeAssignment(assignment))
      await put(subjects.assignment(cluster), sealed)
      return assignment
    },
    store: (sealed) => put(subjects.assignment(cluster), sealed),
    async request(subject, payload) {
      return (await hub.request(subject, payload, { timeout: 5_000 })).data
    },
    async restart() {
      await hub.close()
      await nats.restart()
      hub = await connectHub(nats, cluster, reports)
    },
    async [Symbol.asyncDispose]() {
      await hub.close()
      await nats.stop()
    },
  }
}

const assignedApp = (
  app: string,
  release: AssignedRelease,
  change: AssignmentChange,
  dependsOn: readonly string[] = [],
  policy: Partial<AssignedApp['policy']> = {},
): AssignedApp => ({
  app: app as AssignedApp['app'],
  since: change.since ?? change.generation,
  ...release,
  dependsOn: [...dependsOn] as AssignedApp['dependsOn'],
  policy: { drift: {}, prune: {}, health: {}, ...policy },
})

export const assignmentOf = (
  cluster: ClusterName,
  change: AssignmentChange,
  apps: AssignedApp[],
): Assignment => ({
  cluster,
  generation: change.generation,
  commit: 'c0ffee0000000000000000000000000000000000' as Assignment['commit'],
  issuedAt: '2026-01-01T00:00:00.000Z',
  environment: 'dev' as Assignment['environment'],
  labels: { region: 'north' },
  ...(change.traceparent ? { traceparent: change.traceparent } : {}),
  variables: change.variables ?? {},
  allowEmpty: change.allowEmpty ?? false,
  apps,
  deletionApprovals: change.deletionApprovals ?? [],
})

async function connectHub(nats: Nats, cluster: ClusterName, reports: Report[]): Promise<NatsConnection> {
  const hub = await connect({
    servers: nats.url,
    user: 'hub',
    pass: 'hub',
    maxReconnectAttempts: -1,
    reconnectTimeWait: 50,
  })
  hub.subscribe(subjects.report(cluster), {
    callback: (_error, message) => void reports.push(decodeReport(message.data)),
  })
  await hub.flush()
  return hub
}

async function createStreams(hub: NatsConnection, cluster: ClusterName): Promise<void> {
  const create = async (name: string, config: Record<string, unknown>) => {
    const body = Buffer.from(canonicalJson({ name, storage: 'file', allow_direct: true, ...config }))
    const answer = (await hub.request(`$JS.API.STREAM.CREATE.${name}`, body)).json() as {
      error?: { description: string }
    }
    if (answer.error) throw new Error(answer.error.description)
  }
  await create(streams.assignments, {
    subjects: [subjects.assignment('*')],
    max_msgs_per_subject: 1,
    republish: { src: subjects.assignment('*'), dest: 'rs.live.{{wildcard(1)}}' },
  })
  await create(streams.releases, { subjects: [subjects.releaseChunk('*', '*')] })
  await create(streams.reports, { subjects: [subjects.report('*')], duplicate_window: 120_000_000_000 })
  void cluster
}

/** The two accounts of DESIGN §6 in a server's own configuration, without an operator. */
function configOf(cluster: ClusterName, agentKey: string): string {
  const { publish, subscribe } = agentPermissions(cluster)
  const shared = [subjects.report('*'), directGetAssignment('*'), directGetAnyRelease]
  const list = (texts: readonly string[]) => texts.map((text) => JSON.stringify(text)).join(', ')
  return `
    accounts {
      HUB {
        jetstream: enabled
        users: [{ user: hub, password: hub }]
        exports: [
          ${shared.map((subject) => `{ service: ${JSON.stringify(subject)} }`).join('\n')}
          { service: ${JSON.stringify(subjects.heartbeat('*'))} }
          { stream: ${JSON.stringify(subjects.live('*'))} }
        ]
        imports: [{ service: { account: AGENTS, subject: ${JSON.stringify(subjects.ask('*'))} } }]
      }
      AGENTS {
        mappings: { ${JSON.stringify(releaseMapping.from)}: ${JSON.stringify(releaseMapping.to)} }
        users: [{
          nkey: ${agentKey}
          permissions: {
            publish: [${list(publish)}]
            subscribe: [${list(subscribe)}]
            allow_responses: true
          }
        }]
        exports: [{ service: ${JSON.stringify(subjects.ask('*'))} }]
        imports: [
          ${shared.map((subject) => `{ service: { account: HUB, subject: ${JSON.stringify(subject)} } }`).join('\n')}
          { service: { account: HUB, subject: ${JSON.stringify(subjects.heartbeat('*'))} } }
          { stream: { account: HUB, subject: ${JSON.stringify(subjects.live('*'))} } }
        ]
      }
    }
  `
}

/** A port on which nobody listens. */
export async function deadPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  await new Promise((done) => server.close(done))
  return port
}
