/** Wires the parts: what is started after what, and what is stopped before what. */

import type { FleetHealth } from '@roadstead/hub/readmodel'
import { freePort, isFreePort, type WorkingTree } from '@roadstead/test/harness'
import { type Api, createApi } from './api/index.ts'
import { openClone, pushSampleFleet, sampleClusters } from './fleet/index.ts'
import {
  API_USER,
  agentPart,
  clustersPart,
  hubPart,
  natsPart,
  postgresPart,
  type Supervised,
  supervise,
} from './parts/index.ts'
import type { Display } from './progress/index.ts'
import {
  apiToken,
  choosePorts,
  createLedger,
  type Logs,
  openLogs,
  portOf,
  readPorts,
  type StatePaths,
  writePorts,
  writePrivate,
} from './state/index.ts'

export interface Sandbox {
  readonly api: Api
  readonly token: string
  readonly cloneUrl: string
  readonly clusters: readonly string[]
  /** Where a simulated cluster is served. It takes the API token. */
  clusterUrl(cluster: string): string
  readonly paths: StatePaths
  readonly logs: Logs
  readonly parts: {
    readonly postgres: Supervised
    readonly nats: Supervised
    readonly clusters: Supervised
    readonly hub: Supervised
    /** By cluster. */
    readonly agents: ReadonlyMap<string, Supervised>
  }
  /**
   * Brings everything up and, into an empty hub, the sample fleet.
   * @throws {Error} when a part does not come up, or the signal is aborted
   */
  start(display: Display, signal: AbortSignal): Promise<void>
  /** The working tree that the sample fleet is pushed from. */
  clone(): Promise<WorkingTree>
  /** Stops everything, the last started first. Never throws. */
  stop(): Promise<void>
}

/** The start's steps, as they are shown. */
export const STEPS = ['PostgreSQL', 'NATS', 'simulated clusters', 'hub', 'sample fleet', 'agents'] as const

/** Where the hub listens when nothing else does. */
const HUB_PORT = 7070
/** More at once only make each of them slower. */
const AGENTS_AT_ONCE = 4

/**
 * @param wantedHubPort the one to take where it is free and none was taken before
 * @param say told in one line what became of a part
 */
export async function createSandbox(paths: StatePaths, say: (line: string) => void): Promise<Sandbox> {
  const clusters = sampleClusters()
  const ports = await choosePorts(
    ['hub', 'postgres', 'nats', ...clusters],
    { hub: HUB_PORT, ...readPorts(paths.ports) },
    { isFree: isFreePort, find: freePort },
  )
  writePorts(paths.ports, ports)
  const token = apiToken(paths.token)
  const logs = openLogs(paths.logs)
  const surroundings = { paths, ports, token, logs, ledger: createLedger(paths.processes) }

  const postgres = postgresPart(surroundings)
  const nats = natsPart(surroundings)
  const hub = hubPart(surroundings, () => postgres.url, nats.url)
  const api = createApi(hub.url, token)
  const edges = {
    natsUrl: nats.url,
    hubUrl: hub.url,
    enrolmentToken: (cluster: string) =>
      api
        .post<{ token: string }>(`/v1/clusters/${cluster}/enrolment-tokens`, {})
        .then((answer) => answer.token),
  }
  const cloneUrl = `${hub.url.replace('//', `//${API_USER}:${token}@`)}/git/fleet.git`
  const parts = {
    postgres: supervise(postgres, say),
    nats: supervise(nats, say),
    clusters: supervise(clustersPart(clusters, surroundings), say),
    hub: supervise(hub, say),
    agents: new Map(clusters.map((name) => [name, supervise(agentPart(name, surroundings, edges), say)])),
  }
  writePrivate(paths.client, `${JSON.stringify({ server: hub.url, token }, null, 2)}\n`)
  const clone = () => openClone(paths.clone, cloneUrl)

  return {
    api,
    token,
    cloneUrl,
    clusters,
    clusterUrl: (cluster) => `http://127.0.0.1:${portOf(ports, cluster)}`,
    paths,
    logs,
    parts,
    clone,
    async start(display, signal) {
      await Promise.all([
        display.step('PostgreSQL', () => parts.postgres.start()),
        display.step('NATS', () => parts.nats.start()),
        display.step('simulated clusters', () => parts.clusters.start()),
      ])
      signal.throwIfAborted()
      await display.step('hub', () => parts.hub.start())
      signal.throwIfAborted()
      await display.step('sample fleet', async (note) => note(await bringFleet(api, clone)))
      await display.step('agents', (note) => startAgents([...parts.agents.values()], note, signal))
    },
    async stop() {
      const inOrder = [
        [...parts.agents.values()],
        [parts.hub],
        [parts.clusters],
        [parts.nats],
        [parts.postgres],
      ]
      for (const group of inOrder) await Promise.allSettled(group.map((part) => part.stop()))
    },
  }
}

/** @returns what there is to say about it */
async function bringFleet(api: Api, clone: () => Promise<WorkingTree>): Promise<string> {
  const { commit } = await api.get<FleetHealth>('/v1/fleet/health')
  if (commit.head !== null) return `kept, at ${commit.head.slice(0, 12)}`
  return `pushed, ${(await pushSampleFleet(await clone())).slice(0, 12)}`
}

async function startAgents(
  agents: readonly Supervised[],
  note: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let started = 0
  const queue = agents.values() // shared: each worker takes the next
  const worker = async () => {
    for (const agent of queue) {
      signal.throwIfAborted()
      await agent.start()
      note(`${++started} of ${agents.length}`)
    }
  }
  await Promise.all(Array.from({ length: AGENTS_AT_ONCE }, worker))
}
