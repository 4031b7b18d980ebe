import {
  type AppReport,
  type ClusterName,
  type DriftReport,
  type KubernetesObject,
  messageOf,
  type Receipt,
  type Report,
} from '@roadstead/proto'
import { until } from '../../../test/harness/index.ts'
import { createSimulatedCluster, type SimulatedCluster } from '../../../test/sim/index.ts'
import { type Agent, createAgent } from '../agent.ts'
import type { AgentConfig } from '../config/index.ts'
import { createMemoryStore, type StateStore } from '../disk.ts'
import type { Edges } from '../edges.ts'
import { createKubeClient } from '../kube/index.ts'
import { createNatsLink, natsLinkDefaults } from '../link/index.ts'
import { createJsonLog, type Log, silentLog } from '../telemetry/index.ts'

export { configMap, deployment } from './objects.ts'

import { startBroker, type TestBroker } from './broker.ts'

export const testCluster = 'test-one' as ClusterName

/** An agent between a real broker and a simulated cluster; ends with the test that it is given. */
export interface Bench {
  readonly broker: TestBroker
  readonly sim: SimulatedCluster
  readonly store: StateStore
  /** Starts the agent, or another one on the same state. */
  start(given?: Partial<Edges>): Agent
  /** Ends the agent and waits for it. */
  stop(): Promise<void>
  readonly agent: Agent
}

interface TestScope {
  after(cleanUp: () => Promise<void>): void
}

export async function createBench(scope: TestScope): Promise<Bench> {
  let running: { agent: Agent; ending: AbortController; done: Promise<void> } | undefined
  const stop = async () => {
    running?.ending.abort()
    await running?.done
    running = undefined
  }
  scope.after(stop)
  const broker = await startBroker(testCluster)
  scope.after(async () => broker[Symbol.asyncDispose]())
  const sim = await createSimulatedCluster({ name: testCluster, readyAfterMs: 10 })
  scope.after(() => sim.close())
  const store = createMemoryStore()

  return {
    broker,
    sim,
    store,
    get agent() {
      if (!running) throw new Error('no agent runs')
      return running.agent
    },
    stop,
    start(given = {}) {
      const ending = new AbortController()
      const agent = createAgent(configFor(broker), { ...edgesFor(broker, sim, store), ...given })
      const done = agent.run(ending.signal)
      running = { agent, ending, done }
      return agent
    },
  }
}

export const kubeOf = (sim: SimulatedCluster) =>
  createKubeClient(
    {
      server: new URL(sim.url),
      credentials: async () => ({ authorization: `Bearer ${sim.token}` }),
      refresh: () => {},
    },
    { userAgent: 'test' },
  )

const edgesFor = (broker: TestBroker, sim: SimulatedCluster, store: StateStore): Partial<Edges> => ({
  store,
  log: shownLog,
  kube: kubeOf(sim),
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

const configFor = (broker: TestBroker): AgentConfig => ({
  cluster: testCluster,
  stateDirectory: '',
  systemNamespace: 'roadstead-system',
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
