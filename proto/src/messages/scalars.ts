import * as v from 'valibot'
import { errorCodes } from '../errors.ts'
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

const branded = <T extends string>(pattern: string) =>
  v.pipe(v.string(), v.regex(new RegExp(pattern))) as unknown as v.GenericSchema<string, T>

export const ClusterNameSchema = branded<ClusterName>(namePattern)
export const AppNameSchema = branded<AppName>(namePattern)
export const EnvironmentNameSchema = branded<EnvironmentName>(namePattern)
export const DigestSchema = branded<Digest>(digestPattern)
export const CommitIdSchema = branded<CommitId>(commitPattern)
export const ErrorCodeSchema = v.picklist(errorCodes)

/** A cluster's generation: starts at 1 and grows by one with every assignment whose content changed. */
export const GenerationSchema = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(1),
  v.maxValue(Number.MAX_SAFE_INTEGER),
)
/** RFC 3339 in UTC with milliseconds, by the clock of whoever writes the message. */
export const TimeSchema = v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/))
/** W3C Trace Context, version 00. */
export const TraceparentSchema = v.pipe(v.string(), v.regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/))
export const MessageSchema = v.pipe(v.string(), v.maxLength(limits.messageChars))
export const CountSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(1_000_000_000))

/** Names one Kubernetes object. `group` is empty for the core group, `namespace` for cluster-scoped kinds. */
export const ObjectRefSchema = v.object({
  group: v.pipe(v.string(), v.maxLength(253)),
  kind: v.pipe(v.string(), v.minLength(1), v.maxLength(253)),
  namespace: v.pipe(v.string(), v.maxLength(253)),
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(253)),
})
export type ObjectRef = v.InferOutput<typeof ObjectRefSchema>

/** `group/Kind namespace/name` without the empty parts: how an object is named to people. */
export function objectRefText(ref: ObjectRef): string {
  const kind = ref.group === '' ? ref.kind : `${ref.group}/${ref.kind}`
  return ref.namespace === '' ? `${kind} ${ref.name}` : `${kind} ${ref.namespace}/${ref.name}`
}
