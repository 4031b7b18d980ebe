/** The stage of the hostile agent: a real broker, the hub's end of it, a victim, and the attacker's own rights. */
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { createUser } from '@nats-io/nkeys'
import { connect, headers, jwtAuthenticator, type Msg, type NatsConnection } from '@nats-io/transport-node'
import {
  type AppName,
  type AssignedApp,
  type Assignment,
  type ClusterName,
  type CommitId,
  chunksOf,
  type Digest,
  directGetAssignment,
  directGetReleaseChunk,
  type EnvironmentName,
  encodeAssignment,
  encodeRelease,
  headers as headerNames,
  type KubernetesObject,
  streams,
  subjects,
  timeText,
} from '@roadstead/proto'
import {
  connectHub,
  createOperator,
  ensureStreams,
  type Operator,
  serverConfig,
  updateBrokerAccounts,
} from '../../../hub/src/nats/index.ts'
import { type Nats, startNats, temporaryDirectory } from '../../harness/index.ts'

export const mine = 'mine' as ClusterName
export const other = 'other' as ClusterName

export interface Stage extends AsyncDisposable {
  readonly nats: Nats
  readonly operator: Operator
  readonly hub: NatsConnection
  readonly manager: JetStreamManager
  readonly attacker: Attacker
  readonly victim: NatsConnection
  /** What reached the victim on the subjects that it subscribes to. */
  readonly victimHeard: Msg[]
  /** The release of the attacker's own cluster, and one of the victim's, which has a Secret in it. */
  readonly known: Digest
  readonly secret: Digest
  /** Seals and stores the next assignment of a cluster. */
  assign(cluster: ClusterName, generation: number): Promise<Uint8Array>
  /** What is stored for a cluster, with its sequence: as the hub sees it. */
  stored(cluster: ClusterName): Promise<{ readonly bytes: Buffer; readonly sequence: number }>
  /** Everything on its way has arrived: a message behind it was answered. */
  settle(): Promise<void>
}

export async function setTheStage(binary: string): Promise<Stage> {
  const directory = temporaryDirectory('hostile').path
  const operator = createOperator(join(directory, 'secrets'))
  const config = serverConfig(operator, { accountsDirectory: join(directory, 'accounts') })
  const nats = await startNats({ binary, config })
  const urls = [nats.url]
  await updateBrokerAccounts({ urls, operator }, {}, Date.now())
  const hub = await connectHub({ urls, credentials: operator.hubCredentials, name: 'hub' })
  await ensureStreams(hub)
  const attacker = await connectAttacker(nats, operator)
  const victim = await connectAgent(nats, operator, other)
  const victimHeard: Msg[] = []
  for (const subject of [subjects.live(other), subjects.ask(other), `${subjects.inbox(other)}.heard.>`]) {
    victim.subscribe(subject, { callback: (_, message) => void victimHeard.push(message) })
  }
  await victim.flush()
  const known = await storeRelease(hub, operator, configMap)
  const secret = await storeRelease(hub, operator, confidential)
  const wrapKey = operator.releaseKeys.startWrapping()
  return {
    nats,
    operator,
    hub,
    manager: await jetstreamManager(hub),
    attacker,
    victim,
    victimHeard,
    known,
    secret,
    async assign(cluster, generation) {
      const release = cluster === mine ? known : secret
      const apps = [appOf(release, generation, wrapKey(cluster, release))]
      const assignment = assignmentOf(cluster, generation, apps)
      const sealed = operator.signer.seal('assignment', encodeAssignment(assignment))
      await hub.request(subjects.assignment(cluster), sealed)
      return sealed
    },
    async stored(cluster) {
      const message = await hub.request(directGetAssignment(cluster))
      return {
        bytes: Buffer.from(message.data),
        sequence: Number(message.headers?.get(headerNames.sequence)),
      }
    },
    async settle() {
      for (const connection of [attacker.connection, hub, victim]) await connection.flush()
      for (const subject of [
        directGetAssignment(mine),
        directGetReleaseChunk(known, 0),
        subjects.report(mine),
      ]) {
        await attacker.connection.request(subject)
      }
      for (const connection of [hub, victim]) await connection.flush()
    },
    async [Symbol.asyncDispose]() {
      for (const connection of [attacker.connection, victim, hub]) await connection.close()
      await nats.stop()
    },
  }
}

/** An agent with valid credentials of its own, that does with its connection what it likes. */
export interface Attacker {
  readonly connection: NatsConnection
  /** What the broker complained about, in its words. */
  readonly complaints: readonly string[]
  /** Publishes, and says whether the broker refused that. */
  isRefused(subject: string, payload?: Uint8Array | string): Promise<boolean>
  /** Subscribes (in a queue group, where one is given), and says whether the broker refused that. */
  isRefusedToHear(subject: string, queue?: string): Promise<boolean>
}

export async function connectAttacker(nats: Nats, operator: Operator): Promise<Attacker> {
  const connection = await connectAgent(nats, operator, mine)
  const complaints: string[] = []
  const follow = async () => {
    for await (const status of connection.status()) {
      if (status.type === 'error') complaints.push(status.error.message)
    }
  }
  void follow()
  /** The broker answers in order: what it says to the act comes before what it says to the flush. */
  const refusedBy = async (act: () => void) => {
    const before = complaints.length
    act()
    await connection.flush()
    await setImmediate()
    return complaints.slice(before).some((text) => /permissions violation/i.test(text))
  }
  return {
    connection,
    complaints,
    isRefused: (subject, payload = '') => refusedBy(() => connection.publish(subject, payload)),
    isRefusedToHear: async (subject, queue) => {
      let subscription: ReturnType<NatsConnection['subscribe']> | undefined
      const refused = await refusedBy(() => {
        subscription = connection.subscribe(subject, { callback: () => {}, ...(queue && { queue }) })
      })
      subscription?.unsubscribe()
      return refused
    },
  }
}

export function connectAgent(nats: Nats, operator: Operator, cluster: ClusterName): Promise<NatsConnection> {
  const key = createUser()
  const jwt = operator.issueAgentJwt(cluster, key.getPublicKey(), Math.floor(Date.now() / 1000))
  return connect({
    servers: nats.url,
    authenticator: jwtAuthenticator(jwt, key.getSeed()),
    inboxPrefix: subjects.inbox(cluster),
    reconnect: false,
  })
}

const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'known' } } as const

/** What nobody but the victim may read, as `secretGenerator` writes it. */
export const password = 'correct horse battery staple'
const confidential = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'database' },
  data: { password: Buffer.from(password).toString('base64') },
} as const

async function storeRelease(
  hub: NatsConnection,
  { releaseKeys }: Operator,
  object: KubernetesObject,
): Promise<Digest> {
  const { digest, compressed } = await encodeRelease({ objects: [object] })
  for (const [index, chunk] of chunksOf(releaseKeys.encryptRelease(digest, compressed)).entries()) {
    const header = headers()
    header.set(headerNames.chunks, '1')
    await hub.request(subjects.releaseChunk(digest, index), chunk, { headers: header, timeout: 5_000 })
  }
  return digest
}

const appOf = (release: Digest, since: number, releaseKey: string): AssignedApp => ({
  app: 'web' as AppName,
  since,
  release,
  releaseBytes: 100,
  releaseKey,
  dependsOn: [],
  policy: { drift: {}, prune: {}, health: {} },
})

function assignmentOf(cluster: ClusterName, generation: number, apps: AssignedApp[]): Assignment {
  return {
    cluster,
    generation,
    commit: 'c'.repeat(40) as CommitId,
    issuedAt: timeText(Date.now()),
    environment: 'dev' as EnvironmentName,
    labels: {},
    variables: {},
    allowEmpty: false,
    apps,
    deletionApprovals: [],
  }
}

/** The streams, for who tries them one by one. */
export const allStreams: readonly string[] = Object.values(streams)
