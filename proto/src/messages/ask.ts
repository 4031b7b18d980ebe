import * as v from 'valibot'
import { canonicalJson } from '../canonical.ts'
import { decoder } from '../decode.ts'
import { limits } from '../limits.ts'
import { ProblemSchema } from './report.ts'

/** What the hub may ask an agent for. Nothing here changes a cluster. */
export const AskSchema = v.union([
  /** Say everything again: a receipt, each app, each open drift. Answered before the reports are sent. */
  v.object({ kind: v.literal('report') }),
  /** Fetch the assignment now rather than at the next poll. */
  v.object({ kind: v.literal('fetch') }),
])
export const AnswerSchema = v.union([
  v.object({ kind: v.literal('ok') }),
  v.object({ kind: v.literal('error'), problem: ProblemSchema }),
])
export type Ask = v.InferOutput<typeof AskSchema>
export type Answer = v.InferOutput<typeof AnswerSchema>

export const encodeAsk = (ask: Ask): Uint8Array => Buffer.from(canonicalJson(ask))
export const decodeAsk = decoder('request', AskSchema, limits.askBytes)
export const encodeAnswer = (answer: Answer): Uint8Array => Buffer.from(canonicalJson(answer))
export const decodeAnswer = decoder('answer', AnswerSchema, limits.askBytes)
