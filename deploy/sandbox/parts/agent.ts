import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../state/index.ts'
import { launchTypeScript, type Surroundings } from './launch.ts'
import type { Part } from './part.ts'

export interface AgentEdges {
  readonly natsUrl: string
  readonly hubUrl: string
  /** A one-time token with which the cluster may enrol. */
  enrolmentToken(cluster: string): Promise<string>
}

/** The agent of one cluster. At its first start it enrols; from then on it is who it is. */
export function agentPart(cluster: string, surroundings: Surroundings, edges: AgentEdges): Part {
  const { paths } = surroundings
  const directory = join(paths.agents, cluster)
  const script = join(ROOT, 'services', 'agent', 'src', 'main.ts')
  return {
    name: `agent ${cluster}`,
    async start() {
      const enrolment: Record<string, string> = isEnrolled(directory)
        ? {}
        : {
            ROADSTEAD_HUB_URL: edges.hubUrl,
            ROADSTEAD_ENROLMENT_TOKEN: await edges.enrolmentToken(cluster),
          }
      const env = {
        ...enrolment,
        ROADSTEAD_CLUSTER: cluster,
        ROADSTEAD_STATE_DIRECTORY: directory,
        // What it was told when it enrolled may be another port by now.
        ROADSTEAD_NATS_URLS: edges.natsUrl,
        KUBECONFIG: paths.kubeconfig,
        ROADSTEAD_KUBE_CONTEXT: cluster,
      }
      return launchTypeScript(`agent ${cluster}`, surroundings, {
        script,
        env,
        // An agent makes little garbage: a small nursery costs it nothing and saves some 10 MB.
        nodeOptions: ['--max-semi-space-size=1'],
        ready: /"starting"/,
      })
    },
  }
}

function isEnrolled(directory: string): boolean {
  return existsSync(join(directory, 'identity', 'enrolled.json'))
}
