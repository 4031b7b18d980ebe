import {
  type AppReport,
  type ClusterName,
  type DriftReport,
  type KubernetesObject,
  messageOf,
  type Receipt,
  type Report,
} from '@roadstead/proto'
import {
  type KubeConnection,
  type KubeLive,
  type KubeObjects,
  type KubeRef,
  kubeObjects,
  until,
} from '../../../test/harness/index.ts'
import { createSimulatedCluster, type SimulatedCluster } from '../../../test/sim/index.ts'
import { type Agent, createAgent } from '../agent.ts'
import type { AgentConfig } from '../config/index.ts'
import { createMemoryStore, type StateStore } from '../disk.ts'
import type { Edges } from '../edges.ts'
import { fixedCredentials } from '../kube/access.ts'
import { createTransport } from '../kube/dial.ts'
import { createKubeClient, type KubeAccess } from '../kube/index.ts'
import { createNatsLink, natsLinkDefaults } from '../link/index.ts'
import { createJsonLog, type Log, silentLog } from '../telemetry/index.ts'

import { startBroker, type TestBroker } from './broker.ts'
import { type Calls, createCalls } from './calls.ts'
import { configMap, deployment } from './objects.ts'

export { configMap, deployment }

export const testCluster = 'test-one' as ClusterName

/** An agent between a real broker and a cluster; ends with the test that it is given. */
export interface AgentBench {
  readonly broker: TestBroker
  readonly store: StateStore
  /** Starts the agent, or another one on the same state. */
  start(given?: Partial<Edges>): Agent
  /** Ends the agent and waits for it. */
  stop(): Promise<void>
  readonly agent: Agent
  /** What the agent asked of the API server. */
  readonly calls: Calls
  readonly namespace: string
  /** Objects in that namespace. */
  readonly configMap: (name: string, data?: Record<string, string>) => ReturnType<typeof configMap>
  readonly deployment: (name: string, image?: string, replicas?: number) => ReturnType<typeof deployment>
  readonly refOf: (kind: 'ConfigMap' | 'Deployment' | 'Secret', name: string) => KubeRef
  /** A ConfigMap of that namespace as it is now. */
  readonly see: (name: string) => Promise<KubeLive | undefined>
}

/** Where only a simulated cluster can show what a test is about, such as half an answer. */
export interface Bench extends AgentBench {
  readonly sim: SimulatedCluster
}

export interface TestScope {
  after(cleanUp: () => Promise<void>): void
}

/** On what an agent works, and where in it. */
export interface BenchPlace {
  readonly connection: KubeConnection
  readonly objects: KubeObjects
  readonly namespace: string
  readonly systemNamespace: string
}

/** An agent on a simulated cluster of its own, in the namespace `default`. */
export async function createBench(scope: TestScope): Promise<Bench> {
  const sim = await createSimulatedCluster({ name: testCluster, readyAfterMs: 10 })
  const place = { connection: sim, objects: kubeObjects(sim) }
  const namespaces = { namespace: 'default', systemNamespace: 'roadstead-system' }
  const bench = await createBenchOn(scope, { ...place, ...namespaces })
  scope.after(() => sim.close())
  return Object.assign(bench, { sim })
}

export async function createBenchOn(scope: TestScope, place: BenchPlace): Promise<AgentBench> {
  let running: { agent: Agent; ending: AbortController; done: Promise<void> } | undefined
  const stop = async () => {
    running?.ending.abort()
    await running?.done
    running = undefined
  }
  scope.after(stop)
  const broker = await startBroker(testCluster)
  scope.after(async () => broker[Symbol.asyncDispose]())
  const store = createMemoryStore()
  const access = accessTo(place.connection)
  const calls = createCalls()
  const { namespace } = place
  const refOf: AgentBench['refOf'] = (kind, name) => {
    const apiVersion = kind === 'Deployment' ? 'apps/v1' : 'v1'
    return { apiVersion, kind, namespace, name }
  }
  const bench = {
    broker,
    store,
    stop,
    calls,
    namespace,
    configMap: (name: string, data?: Record<string, string>) => configMap(name, data, namespace),
    deployment: (name: string, image?: string, replicas?: number) =>
      deployment(name, image, replicas, namespace),
    refOf,
    see: (name: string) => place.objects.get(refOf('ConfigMap', name)),
    start(given: Partial<Edges> = {}) {
      const ending = new AbortController()
      const transport = calls.counting(createTransport(access))
      const kube = createKubeClient(access, { userAgent: 'test', transport })
      const edges = { ...edgesFor(broker, store), kube, ...given }
      const agent = createAgent(configFor(broker, place.systemNamespace), edges)
      const done = agent.run(ending.signal)
      running = { agent, ending, done }
      return agent
    },
  }
  return Object.defineProperty(bench as AgentBench, 'agent', {
    get() {
      if (!running) throw new Error('no agent runs')
      return running.agent
    },
  })
}

const accessTo = ({ url, token, ca }: KubeConnection): KubeAccess => ({
  server: new URL(url),
  certificateAuthority: ca,
  ...fixedCredentials({ authorization: `Bearer ${token}` }),
})

export const kubeOf = (sim: SimulatedCluster) => createKubeClient(accessTo(sim), { userAgent: 'test' })

const edgesFor = (broker: TestBroker, store: StateStore): Partial<Edges> => ({
  store,
  log: shownLog,
  identity: broker.identity,
  link: createNatsLink(broker.identity, {
    ...natsLinkDefaults,
    agentVersion: 'test',
    requestTimeoutMs: 2_000,
    firstDialJitterMs: 0,
    redialJitterMs: 50,
    random: Math.random,
    onTrouble: (error) => shownLog.warn({ code: error.code }, messageOf(error)),
  }),
})

/** With TEST_LOG=1 a failing test shows what its agent did. */
const shownLog: Log = process.env.TEST_LOG ? createJsonLog('debug') : silentLog

const configFor = (broker: TestBroker, systemNamespace: string): AgentConfig => ({
  cluster: testCluster,
  stateDirectory: '',
  systemNamespace,
  identity: { kind: 'stored' },
  natsUrls: [broker.nats.url],
  kube: { kind: 'in-cluster', server: new URL('https://127.0.0.1') },
  telemetry: { otlpEndpoint: undefined, logLevel: 'silent' },
})

export const lastApp = (reports: readonly Report[], app: string): AppReport | undefined =>
  reports.findLast((report): report is AppReport => report.kind === 'app' && report.app === app)

export const receipts = (reports: readonly Report[]): Receipt[] =>
  reports.filter((report): report is Receipt => report.kind === 'receipt')

export const driftsIn = (reports: readonly Report[]): DriftReport[] =>
  reports.filter((report): report is DriftReport => report.kind === 'drift')

/** Looks at a ConfigMap, the plainest of objects, without the API. */
export const seeConfigMap = (sim: SimulatedCluster, name: string, namespace = 'default') =>
  sim.objects.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name }) as
    | (KubernetesObject & { data?: Record<string, string> })
    | undefined

export const configMapRef = (name: string, namespace = 'default') =>
  ({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name }) as const

/** Waits until the app was applied and healthy at a generation. */
export const healthyAt = (broker: TestBroker, app: string, generation: number): Promise<AppReport> =>
  until(
    () => {
      const last = lastApp(broker.reports, app)
      return last?.healthy?.generation === generation && last
    },
    { message: `${app} is healthy at generation ${generation}` },
  )
