import type { ClusterName, Digest } from './ids.ts'

/**
 * Every subject, stream and consumer name. A cluster's name is one token of a subject (its pattern
 * allows no dot), which is what lets permissions name exactly one cluster.
 *
 * Two accounts. `HUB` owns JetStream and everything in it. `AGENTS` owns nothing and reaches exactly the
 * subjects exported to it: NATS does not check publish permission on the reply subject of a request, so
 * an account with JetStream in it can not be shared with agents.
 */
export const accounts = { hub: 'HUB', agents: 'AGENTS', system: 'SYS' } as const

export const streams = {
  /** One message per cluster, the newest; republished to the cluster's live subject as it is stored. */
  assignments: 'ASSIGNMENTS',
  /** Content-addressed release chunks, each written once. */
  releases: 'RELEASES',
  /** Everything agents report with an acknowledgement. */
  reports: 'REPORTS',
} as const

/** The one durable pull consumer that the hub's replicas share. */
export const reportsConsumer = 'hub-intake'

const hexOf = (digest: Digest) => digest.slice('sha256:'.length)
const halvesOf = (digest: Digest | '*') =>
  digest === '*' ? '*.*' : `${hexOf(digest).slice(0, 32)}.${hexOf(digest).slice(32)}`

export const subjects = {
  assignment: (cluster: ClusterName | '*') => `rs.assignment.${cluster}`,
  /** Where JetStream repeats what it stores under `rs.assignment.<cluster>`. */
  live: (cluster: ClusterName | '*') => `rs.live.${cluster}`,
  /** Where a chunk is stored. The digest is two tokens here and one where it is asked for: see `releaseMapping`. */
  releaseChunk: (digest: Digest | '*', chunk: number | '*') => `rs.release.${halvesOf(digest)}.${chunk}`,
  report: (cluster: ClusterName | '*') => `rs.report.${cluster}`,
  heartbeat: (cluster: ClusterName | '*') => `rs.heartbeat.${cluster}`,
  ask: (cluster: ClusterName | '*') => `rs.ask.${cluster}`,
  inbox: (cluster: ClusterName) => `_INBOX.${cluster}`,
} as const

const directGet = (stream: string, subject: string) => `$JS.API.DIRECT.GET.${stream}.${subject}`

export const directGetAssignment = (cluster: ClusterName | '*'): string =>
  directGet(streams.assignments, subjects.assignment(cluster))

/** Where an agent asks for a chunk of a release: whoever knows the digest gets it. */
export const directGetReleaseChunk = (digest: Digest, chunk: number): string =>
  `rs.fetch.${hexOf(digest)}.${chunk}`

/** All release chunks, as stored: for the export and for permissions. */
export const directGetAnyRelease = directGet(streams.releases, subjects.releaseChunk('*', '*'))

/**
 * How the agents' account maps what its clients publish, before permissions are checked, so that a release
 * is had by whoever knows its digest and by nobody else. NATS takes a wildcard as a token of a *published*
 * subject, and answers a direct get of one with the newest match: `*.*.*` would be the newest release of
 * the fleet. So what agents ask for is mapped to where it is stored by cutting the digest in two, which a
 * `*` can not be: it comes out one token short of anything allowed.
 */
export const releaseMapping = {
  from: 'rs.fetch.*.*',
  to: directGet(streams.releases, 'rs.release.{{splitfromleft(1,32)}}.{{wildcard(2)}}'),
} as const

/** And what names the stored subject itself is mapped to nothing. Servers before 2.10 refuse this one. */
export const releaseGuard = { from: directGet(streams.releases, '>'), to: 'rs.refused.>' } as const

/** The cluster a subject of ours names: its last token. */
export const clusterOfSubject = (subject: string): ClusterName =>
  subject.slice(subject.lastIndexOf('.') + 1) as ClusterName

/**
 * What an agent's user may do, and nothing else. It answers requests by `allow_responses`, never by a
 * publish permission on somebody's inbox. Pass `{{name()}}` to get the template of a scoped signing key:
 * the user's name is its cluster.
 */
export function agentPermissions(cluster: ClusterName): { publish: string[]; subscribe: string[] } {
  return {
    publish: [
      subjects.report(cluster),
      subjects.heartbeat(cluster),
      directGetAssignment(cluster),
      directGetAnyRelease,
    ],
    subscribe: [subjects.live(cluster), subjects.ask(cluster), `${subjects.inbox(cluster)}.>`],
  }
}

/** Message headers of ours and of JetStream that both sides name. */
export const headers = {
  messageId: 'Nats-Msg-Id',
  expectedLastSubjectSequence: 'Nats-Expected-Last-Subject-Sequence',
  /** On a direct get's answer and on a republished message: the sequence in the stream. */
  sequence: 'Nats-Sequence',
  traceparent: 'traceparent',
  /** On a stored assignment, for the hub alone: agents believe the sealed content only. */
  generation: 'Roadstead-Generation',
  /** On every chunk of a release: how many there are. */
  chunks: 'Roadstead-Chunks',
} as const

/** `<cluster>-<boot>-<seq>`: names a report for ever, so that a repeat can be told from a new one. */
export const reportMessageId = (cluster: ClusterName, boot: number, seq: number): string =>
  `${cluster}-${boot}-${seq}`
