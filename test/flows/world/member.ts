import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Agent, createAgent, readAgentConfig, silentLog } from '@roadstead/agent'
import type { SimulatedCluster } from '../../sim/index.ts'
import type { HubPart } from './hub.ts'

/** Something that runs, and can be ended and started again. */
export interface Part {
  start(): Promise<void>
  stop(): Promise<void>
}

export interface Member {
  readonly name: string
  readonly cluster: SimulatedCluster
  /** Ended and started again it has forgotten all but what is on its disk. */
  readonly agent: Part & {
    /** Of the run at hand: how often each business event happened. */
    readonly counts: Agent['counts']
  }
}

/** The environment of the cluster's agent, with an enrolment token of its own. */
export async function enrolmentOf(cluster: SimulatedCluster, hub: HubPart, stateDirectory: string) {
  mkdirSync(stateDirectory, { recursive: true })
  const kubeconfig = join(stateDirectory, 'kubeconfig.yaml')
  writeFileSync(kubeconfig, cluster.kubeconfig())
  const { token } = await hub.post<{ token: string }>(`/v1/clusters/${cluster.name}/enrolment-tokens`)
  return {
    ROADSTEAD_CLUSTER: cluster.name,
    ROADSTEAD_STATE_DIRECTORY: stateDirectory,
    ROADSTEAD_HUB_URL: hub.url,
    ROADSTEAD_ENROLMENT_TOKEN: token,
    KUBECONFIG: kubeconfig,
  }
}

/** The cluster's agent in this process; it does not run yet. */
export async function enlist(
  cluster: SimulatedCluster,
  hub: HubPart,
  stateDirectory: string,
  otlpEndpoint: string | undefined,
): Promise<Member> {
  const enrolment = await enrolmentOf(cluster, hub, stateDirectory)
  const config = readAgentConfig({ ...enrolment, OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint })
  let run: { agent: Agent; ending: AbortController; ended: Promise<void> } | undefined
  return {
    name: cluster.name,
    cluster,
    agent: {
      get counts() {
        return run?.agent.counts ?? new Map()
      },
      async start() {
        if (run) return
        const ending = new AbortController()
        const agent = createAgent(config, { log: silentLog })
        run = { agent, ending, ended: agent.run(ending.signal) }
        // `stop` throws what it ended with.
        run.ended.catch(() => {})
      },
      async stop() {
        run?.ending.abort()
        await run?.ended
        run = undefined
      },
    },
  }
}
