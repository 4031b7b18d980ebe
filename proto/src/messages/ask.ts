import Type, { type Static } from 'typebox'
import { canonicalJson } from '../canonical.ts'
import { decoder } from '../decode.ts'
import { limits } from '../limits.ts'
import { ProblemSchema } from './report.ts'

/** What the hub may ask an agent for. Nothing here changes a cluster. */
export const AskSchema = Type.Union([
  /** Say everything again: a receipt, each app, each open drift. Answered before the reports are sent. */
  Type.Object({ kind: Type.Literal('report') }),
  /** Fetch the assignment now rather than at the next poll. */
  Type.Object({ kind: Type.Literal('fetch') }),
])
export const AnswerSchema = Type.Union([
  Type.Object({ kind: Type.Literal('ok') }),
  Type.Object({ kind: Type.Literal('error'), problem: ProblemSchema }),
])
export type Ask = Static<typeof AskSchema>
export type Answer = Static<typeof AnswerSchema>

export const encodeAsk = (ask: Ask): Uint8Array => Buffer.from(canonicalJson(ask))
export const decodeAsk = decoder('request', AskSchema, limits.askBytes)
export const encodeAnswer = (answer: Answer): Uint8Array => Buffer.from(canonicalJson(answer))
export const decodeAnswer = decoder('answer', AnswerSchema, limits.askBytes)
