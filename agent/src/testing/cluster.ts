import { randomBytes } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import {
  type KubeApiServer,
  type KubeConnection,
  type KubeObjects,
  kubeObjects,
  type SharedKube,
  sharedKubes,
} from '../../../test/harness/index.ts'
import { createSimulatedCluster, type SimulatedCluster } from '../../../test/sim/index.ts'
import { type AgentBench, createBenchOn, testCluster } from './run-agent.ts'

/** A cluster as a test sees it, simulated or not. */
export interface TestCluster {
  readonly connection: KubeConnection
  /** Looks and acts as somebody else. */
  readonly objects: KubeObjects
  /** Its API server goes away and comes back with the objects it had; every connection is lost. */
  interrupt(): Promise<void>
  /** Ends every watch and forgets the history from which they could go on. */
  forgetHistory(): Promise<void>
}

/** What a test is given: everything that is its own on a cluster that it may share. */
export interface ClusterBench extends AgentBench {
  readonly cluster: TestCluster
  /** Names for what has no namespace: `unique('shop')` is this test's shop. */
  unique(word: string): string
  /** Has this removed after the test. */
  cleanUp(work: () => Promise<unknown>): void
}

/**
 * The same test against the simulated cluster and each real API server that there is; the name says which. What
 * differs between them is an error of the simulation.
 */
export function onEachCluster(name: string, body: (bench: ClusterBench) => Promise<void>): void {
  test(`${name} (simulated)`, async (t) => {
    const sim = await createSimulatedCluster({ name: testCluster, readyAfterMs: 10 })
    await body(await benchOn(t, simulated(sim), () => sim.close()))
  })
  for (const shared of sharedKubes) {
    test(`${name} (${shared.name})`, async (t) => {
      const server = await serverFor(t, shared)
      if (server) await body(await benchOn(t, real(server)))
    })
  }
}

async function serverFor(t: TestContext, shared: SharedKube): Promise<KubeApiServer | undefined> {
  const server = await shared.start()
  if ('missing' in server) return void t.skip(server.missing)
  if (server.hasControllers) return server
  return void t.skip('there is no kube-controller-manager beside this kube-apiserver')
}

const simulated = (sim: SimulatedCluster): TestCluster => ({
  connection: sim,
  objects: kubeObjects(sim),
  interrupt: async () => void sim.closeConnections(),
  async forgetHistory() {
    sim.compact()
    sim.dropWatches()
  },
})

const real = (server: KubeApiServer): TestCluster => ({
  connection: server,
  objects: kubeObjects(server),
  interrupt: () => server.restart(),
  forgetHistory: () => server.restart(),
})

/** Two namespaces of its own, for the test and for the agent's records. */
async function benchOn(
  t: TestContext,
  cluster: TestCluster,
  close: () => Promise<void> = async () => {},
): Promise<ClusterBench> {
  const { objects, connection } = cluster
  const suffix = randomBytes(4).toString('hex')
  const unique = (word: string) => `${word}-${suffix}`
  const [namespace, systemNamespace] = [unique('test'), unique('roadstead-system')]
  await objects.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  const bench = await createBenchOn(t, { connection, objects, namespace, systemNamespace })
  const cleanUps: (() => Promise<unknown>)[] = [namespace, systemNamespace].map(
    (name) => () => objects.delete({ apiVersion: 'v1', kind: 'Namespace', name }),
  )
  // Runs after the agent has ended: it would put back what is removed under it.
  t.after(async () => {
    for (const cleanUp of cleanUps) await cleanUp()
    await close()
  })
  return Object.assign(bench, {
    cluster,
    unique,
    cleanUp: (work: () => Promise<unknown>) => void cleanUps.push(work),
  })
}
