/** What an agent is measured on: a real API server, a real broker, and the agent as a process of its own. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ClusterName } from '@roadstead/proto'
import { startBroker, type TestBroker } from '../../../agent/src/testing/broker.ts'
import {
  type KubeApiServer,
  type KubeObjects,
  kubeObjects,
  type Program,
  startKubeApiServer,
  startTypeScript,
  temporaryDirectory,
} from '../../harness/index.ts'
import { stripAgent } from './stripped.ts'

export interface Stage extends AsyncDisposable {
  readonly server: KubeApiServer
  readonly objects: KubeObjects
  readonly broker: TestBroker
  readonly agent: Program
  /** Requests of the agent that the API server has answered so far, by its audit log. */
  agentRequests(): AuditEvent[]
}

export interface AuditEvent {
  readonly verb: string
  readonly requestURI: string
  readonly userAgent: string
}

const AUDIT_POLICY =
  'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules: [{ level: Metadata }]\n'
const ENTRY = fileURLToPath(new URL('../../../services/agent/src/main.ts', import.meta.url))
const CLUSTER = 'bench' as ClusterName

/** @param stripped whether the agent runs without its types, see `stripAgent` */
export async function setStage({ stripped }: { stripped: boolean }): Promise<Stage> {
  const folder = temporaryDirectory('bench').path
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const audit = join(folder, 'audit.log')
  const flags = [`--audit-policy-file=${file('policy.yaml', AUDIT_POLICY)}`, `--audit-log-path=${audit}`]
  const server = await startKubeApiServer({ flags })
  const broker = await startBroker(CLUSTER)
  const agent = await startTypeScript(stripped ? stripAgent(join(folder, 'stripped')) : ENTRY, {
    name: 'agent',
    ready: /starting/,
    env: {
      PATH: process.env.PATH,
      ROADSTEAD_CLUSTER: CLUSTER,
      ROADSTEAD_STATE_DIRECTORY: join(folder, 'state'),
      ROADSTEAD_NATS_URLS: broker.nats.url,
      ROADSTEAD_NKEY_SEED_FILE: file('seed', broker.identity.key.seed),
      ROADSTEAD_USER_JWT_FILE: file('jwt', 'not needed by a broker without an operator'),
      ROADSTEAD_ASSIGNMENT_KEYS_FILE: file('keys', broker.signer.publicKey),
      ROADSTEAD_CLUSTER_KEY_FILE: file('cluster-key', broker.identity.clusterKey),
      KUBECONFIG: file('kubeconfig', server.kubeconfig()),
    },
  })
  return {
    server,
    broker,
    agent,
    objects: kubeObjects(server),
    agentRequests: () =>
      readFileSync(audit, 'utf8')
        .split('\n')
        .filter((line) => line.endsWith('}'))
        .map((line) => JSON.parse(line) as AuditEvent)
        .filter(({ userAgent = '' }) => userAgent.startsWith('roadstead-agent')),
    async [Symbol.asyncDispose]() {
      await agent.stop()
      await broker[Symbol.asyncDispose]()
      await server.stop()
    },
  }
}
