import Type from 'typebox'
import { type ErrorCode, errorCodes } from '../errors.ts'
import {
  type AppName,
  type ClusterName,
  type CommitId,
  commitPattern,
  type Digest,
  digestPattern,
  type EnvironmentName,
  namePattern,
} from '../ids.ts'
import { limits } from '../limits.ts'

/** The building blocks of messages: branded strings and numbers with their bounds. */

export const ClusterNameSchema = Type.Unsafe<ClusterName>(Type.String({ pattern: namePattern }))
export const AppNameSchema = Type.Unsafe<AppName>(Type.String({ pattern: namePattern }))
export const EnvironmentNameSchema = Type.Unsafe<EnvironmentName>(Type.String({ pattern: namePattern }))
export const DigestSchema = Type.Unsafe<Digest>(Type.String({ pattern: digestPattern }))
export const CommitIdSchema = Type.Unsafe<CommitId>(Type.String({ pattern: commitPattern }))
export const ErrorCodeSchema = Type.Unsafe<ErrorCode>(Type.Enum([...errorCodes]))

/** A cluster's generation: starts at 1 and grows by one with every assignment whose content changed. */
export const GenerationSchema = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
/** RFC 3339 in UTC with milliseconds, by the clock of whoever writes the message. */
export const TimeSchema = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$' })
/** W3C Trace Context, version 00. */
export const TraceparentSchema = Type.String({ pattern: '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$' })
export const MessageSchema = Type.String({ maxLength: limits.messageChars })
export const CountSchema = Type.Integer({ minimum: 0, maximum: 1_000_000_000 })

/** Names one Kubernetes object. `group` is empty for the core group, `namespace` for cluster-scoped kinds. */
export const ObjectRefSchema = Type.Object({
  group: Type.String({ maxLength: 253 }),
  kind: Type.String({ minLength: 1, maxLength: 253 }),
  namespace: Type.String({ maxLength: 253 }),
  name: Type.String({ minLength: 1, maxLength: 253 }),
})
export type ObjectRef = Type.Static<typeof ObjectRefSchema>

/** `group/Kind namespace/name` without the empty parts: how an object is named to people. */
export function objectRefText(ref: ObjectRef): string {
  const kind = ref.group === '' ? ref.kind : `${ref.group}/${ref.kind}`
  return ref.namespace === '' ? `${kind} ${ref.name}` : `${kind} ${ref.namespace}/${ref.name}`
}
