import {
  agentPermissions,
  type ClusterName,
  directGetAnyRelease,
  directGetAssignment,
  limits,
  releaseGuard,
  releaseMapping,
  subjects,
} from '@roadstead/proto'
import type { AccountClaims, AccountLimits, Export, Import } from './claims.ts'

/**
 * Who may speak with whom. `HUB` owns JetStream; `AGENTS` has none and reaches exactly the subjects that
 * are exported to it here. The two must stay apart: NATS does not check permission on the subject that a
 * request names for its answer, so in one account an agent could have the broker write an answer over
 * another cluster's assignment.
 */

/** An agent holds three: its live assignment, requests to it, its inbox. */
const agentSubscriptions = 10
/** A request to an agent is answered once, and soon. */
const agentAnswers = { max: 1, ttl: 60_000_000_000 } as const

const every = '*' as const
/** The server puts the user's name here, and an agent's name is its cluster. */
const userName = '{{name()}}' as ClusterName

const unlimited: AccountLimits = {
  subs: -1,
  data: -1,
  payload: -1,
  imports: -1,
  exports: -1,
  wildcards: true,
  conn: -1,
}

const service = (name: string, subject: string): Export => ({
  name,
  subject,
  type: 'service',
  response_type: 'Singleton',
})
const stream = (name: string, subject: string): Export => ({ name, subject, type: 'stream' })

const hubExports: readonly Export[] = [
  stream('assignments, as they are stored', subjects.live(every)),
  service('the assignment of a cluster', directGetAssignment(every)),
  service('a chunk of a release', directGetAnyRelease),
  service('reports', subjects.report(every)),
]

/** Heartbeats are a stream: as a service, each would hold a place for an answer that never comes. */
const agentsExports: readonly Export[] = [
  stream('heartbeats', subjects.heartbeat(every)),
  service('requests to a cluster', subjects.ask(every)),
]

const importsOf = (exports: readonly Export[], account: string): readonly Import[] =>
  exports.map(({ name, subject, type }) => ({ name, subject, type, account }))

/** A fifth stream, or a consumer beside `hub-intake`, is somebody's mistake; a few leave room for tools. */
export const hubAccount = (agents: string): AccountClaims => ({
  type: 'account',
  limits: { ...unlimited, disk_storage: -1, streams: 8, consumer: 16 },
  exports: hubExports,
  imports: importsOf(agentsExports, agents),
})

/**
 * @param signer the public key that issues agents' credentials
 * @param revocations public keys of agents, with the second up to which their credentials are void
 * @param guarded whether the server takes a mapping to a wildcard, as servers from 2.10 on do
 */
export const agentsAccount = (
  hub: string,
  signer: string,
  revocations: Readonly<Record<string, number>>,
  guarded: boolean,
): AccountClaims => {
  const mappings = guarded ? [releaseMapping, releaseGuard] : [releaseMapping]
  const { publish, subscribe } = agentPermissions(userName)
  return {
    type: 'account',
    limits: unlimited,
    exports: agentsExports,
    imports: importsOf(hubExports, hub),
    mappings: Object.fromEntries(mappings.map(({ from, to }) => [from, [{ subject: to }]])),
    signing_keys: [
      {
        kind: 'user_scope',
        key: signer,
        role: 'agent',
        template: {
          pub: { allow: publish },
          sub: { allow: subscribe },
          resp: agentAnswers,
          subs: agentSubscriptions,
          data: -1,
          payload: limits.agentPayloadBytes,
          allowed_connection_types: ['STANDARD', 'WEBSOCKET'],
        },
      },
    ],
    revocations,
  }
}

export const systemAccount = (): AccountClaims => ({
  type: 'account',
  limits: unlimited,
  exports: [],
})
