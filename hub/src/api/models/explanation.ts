import * as v from 'valibot'
import { count, list, text, time, whole } from './scalars.ts'

/** The named schemas of an explanation; the types of the `explain` stage must fit them. */

export const LineCommit = v.object({ id: text, author: text, authoredAt: time, summary: text })

export const FieldWriter = v.pipe(
  v.object({
    file: text,
    line: whole,
    column: whole,
    at: v.pipe(
      v.nullable(text),
      v.description('The commit whose file this is a line of: of a pinned base, the pin'),
    ),
    text: v.pipe(v.nullable(text), v.description('The line as it stands there; null for a Secret')),
    commit: v.pipe(v.nullable(LineCommit), v.description('Who wrote the line last')),
  }),
  v.description('A place in a file that set something; line and column count from 1'),
)

const scalar = v.union([text, v.number(), v.boolean()])

export const ExplainedVariable = v.object({
  name: text,
  default: v.pipe(v.nullable(text), v.description('As it is written behind `:=`')),
  clusters: list(v.object({ cluster: text, value: v.nullable(scalar), setBy: v.nullable(FieldWriter) })),
  clusterCount: count,
})

export const ExplainedField = v.object({
  path: text,
  pointer: v.pipe(text, v.description('RFC 6901')),
  value: v.pipe(
    v.unknown(),
    v.description('In the release, before variables are filled in. Of a Secret: `sha256:…`'),
  ),
  substituted: v.exactOptional(
    v.pipe(
      v.unknown(),
      v.description('What the agent of the cluster makes of it, where that is something else'),
    ),
  ),
  setBy: v.pipe(
    list(FieldWriter),
    v.description(
      'The last writer first, then those it overrode; empty for what the renderer adds by itself',
    ),
  ),
  variables: list(ExplainedVariable),
})

export const Explanation = v.pipe(
  v.object({
    app: text,
    environment: text,
    cluster: v.nullable(text),
    variant: v.pipe(v.nullable(text), v.description('The overlay for some clusters that this is')),
    otherVariants: list(text),
    commit: v.nullable(text),
    pin: v.pipe(v.nullable(text), v.description('The commit that the base is read from')),
    object: text,
    field: text,
    fields: list(ExplainedField),
    fieldCount: v.pipe(count, v.description('`fields` may be cut')),
  }),
  v.description('Why a field of a rendered object has the value it has'),
)
