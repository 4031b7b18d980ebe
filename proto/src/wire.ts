import { toJsonSchema } from '@valibot/to-json-schema'
import type * as v from 'valibot'
import type { ClusterName, Digest } from './ids.ts'
import { AnswerSchema, AskSchema } from './messages/ask.ts'
import { AssignmentSchema } from './messages/assignment.ts'
import { EnrolmentRequestSchema, EnrolmentResponseSchema } from './messages/enrolment.ts'
import { HeartbeatSchema } from './messages/heartbeat.ts'
import { ReleaseSchema } from './messages/release.ts'
import { ReportSchema } from './messages/report.ts'
import {
  agentPermissions,
  directGetAssignment,
  directGetReleaseChunk,
  headers,
  releaseGuard,
  releaseMapping,
  reportMessageId,
  reportsConsumer,
  streams,
  subjects,
} from './subjects.ts'

const schemas: Record<string, v.GenericSchema<unknown, unknown>> = {
  assignment: AssignmentSchema,
  release: ReleaseSchema,
  report: ReportSchema,
  heartbeat: HeartbeatSchema,
  ask: AskSchema,
  answer: AnswerSchema,
  enrolmentRequest: EnrolmentRequestSchema,
  enrolmentResponse: EnrolmentResponseSchema,
}

/**
 * Everything that two programs of different age must agree on, as one JSON value. `wire.json` beside the
 * package keeps the agreed one; a test compares.
 */
export function wireContract(): unknown {
  const cluster = 'cluster' as ClusterName
  const digest = `sha256:${'0'.repeat(64)}` as Digest
  return {
    messages: Object.fromEntries(
      Object.entries(schemas).map(([name, schema]) => [name, toJsonSchema(schema as v.GenericSchema)]),
    ),
    subjects: {
      assignment: subjects.assignment(cluster),
      live: subjects.live(cluster),
      releaseChunk: subjects.releaseChunk(digest, 0),
      report: subjects.report(cluster),
      heartbeat: subjects.heartbeat(cluster),
      ask: subjects.ask(cluster),
      inbox: subjects.inbox(cluster),
      getAssignment: directGetAssignment(cluster),
      getReleaseChunk: directGetReleaseChunk(digest, 0),
      messageId: reportMessageId(cluster, 1, 2),
    },
    permissions: agentPermissions(cluster),
    mappings: { releaseMapping, releaseGuard },
    streams: { ...streams, reportsConsumer },
    headers,
  }
}
