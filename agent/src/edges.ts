import { setTimeout as sleep } from 'node:timers/promises'
import { type Clock, messageOf, RoadsteadError, systemClock } from '@roadstead/proto'
import type { AgentConfig, KubeSource } from './config/index.ts'
import { createDiskStore, type StateStore } from './disk.ts'
import { createKubeClient, inClusterAccess, type KubeClient, kubeconfigAccess } from './kube/index.ts'
import { createNatsLink, type Identity, type Link, loadIdentity, natsLinkDefaults } from './link/index.ts'
import { attributes, createJsonLog, createTracing, type Log, type Tracing } from './telemetry/index.ts'
import { agentVersion } from './version.ts'

const enrolRetryMs = 500
const enrolRetryMaxMs = 30_000

/** Where an agent meets the world. Each can be given; what is not given is the real thing. */
export interface Edges {
  readonly store: StateStore
  readonly kube: KubeClient
  readonly identity: Pick<Identity, 'assignmentKeys' | 'clusterKey'>
  readonly link: Link
  readonly clock: Clock
  /** From 0 to 1. */
  readonly random: () => number
  readonly log: Log
  readonly tracing: Tracing | undefined
}

/**
 * Opens whatever was not given.
 *
 * @throws RoadsteadError when there is no identity and none can be had, or no way to the API server
 */
export async function openEdges(
  config: AgentConfig,
  given: Partial<Edges>,
  signal: AbortSignal,
): Promise<Edges> {
  const random = given.random ?? Math.random
  const log = given.log ?? createJsonLog(config.telemetry.logLevel)
  const store = given.store ?? createDiskStore(config.stateDirectory)
  const { otlpEndpoint } = config.telemetry
  const tracing =
    given.tracing ?? (otlpEndpoint ? await createTracing(otlpEndpoint, agentVersion) : undefined)
  const kube = given.kube ?? (await openKube(config.kube, random))
  const edges = { store, kube, clock: given.clock ?? systemClock, random, log, tracing }
  if (given.link && given.identity) return { ...edges, link: given.link, identity: given.identity }
  const identity = await openIdentity(config, edges, signal)
  const onTrouble = (error: RoadsteadError) => log.warn({ [attributes.code]: error.code }, messageOf(error))
  const link =
    given.link ?? createNatsLink(identity, { ...natsLinkDefaults, agentVersion, random, onTrouble })
  return { ...edges, link, identity: given.identity ?? identity }
}

/** A hub that is not there yet is waited for; one that refuses is not asked again. */
async function openIdentity(
  config: AgentConfig,
  edges: Pick<Edges, 'store' | 'random' | 'log'>,
  signal: AbortSignal,
): Promise<Identity> {
  for (let waitMs = enrolRetryMs; ; waitMs = Math.min(waitMs * 2, enrolRetryMaxMs)) {
    try {
      const identity = await loadIdentity(config.cluster, config.identity, edges.store, signal)
      return config.natsUrls.length === 0 ? identity : { ...identity, natsUrls: config.natsUrls }
    } catch (error) {
      if (signal.aborted || !(error instanceof RoadsteadError) || error.retry !== 'retry') throw error
      edges.log.warn(
        { [attributes.cluster]: config.cluster, [attributes.code]: error.code },
        messageOf(error),
      )
    }
    await sleep(waitMs * (0.5 + edges.random()), undefined, { signal })
  }
}

async function openKube(source: KubeSource, random: () => number): Promise<KubeClient> {
  const access =
    source.kind === 'in-cluster'
      ? await inClusterAccess(source.server)
      : await kubeconfigAccess(source.path, source.context)
  return createKubeClient(access, { userAgent: `roadstead-agent/${agentVersion}`, random })
}
