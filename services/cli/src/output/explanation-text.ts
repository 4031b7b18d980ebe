import type { ExplainedField, ExplainedVariable, Explanation, Writer } from '@roadstead/hub/explain'
import type { Context } from '../context.ts'
import { lineOf, type Span } from './line.ts'
import { plainLine } from './text.ts'
import { localTime } from './time.ts'

type Look = Pick<Context, 'colors' | 'width'>
type Line = readonly Span[]
/** How a file of the repository is called from where the command runs. */
type CalledAs = (file: string) => string

/** One field in full, or the fields of an object with one line for who set each. */
export function explanationText(explanation: Explanation, look: Look, calledAs: CalledAs): string {
  const { fields, fieldCount, cluster } = explanation
  const write = writing(look, calledAs)
  const [only] = fields
  const rest = fieldCount - fields.length
  const lines: Line[] = [
    ...write.head(explanation),
    [],
    ...(fieldCount === 1 && only !== undefined ? write.field(only, cluster) : fields.flatMap(write.summary)),
    ...(rest > 0 ? [[`and ${rest} more fields; name one of them`]] : []),
  ]
  return lines.map((line) => lineOf(line, look.width)).join('')
}

function writing({ colors }: Look, calledAs: CalledAs) {
  const bold = (text: string): Span => ({ text: plainLine(text), paint: colors.bold })
  const dim = (text: string): Span => ({ text, paint: colors.dim })
  const place = ({ file, line, column, at }: Writer): Span => {
    const commit = at === null ? '' : ` at ${at.slice(0, 10)}`
    return { text: `${plainLine(calledAs(file))}:${line}:${column}${commit}`, paint: colors.cyan }
  }

  const writer = (label: Span, indent: string, set: Writer): Line[] => [
    ['  ', label, '  ', place(set)],
    ...(set.text === null ? [] : [[indent, plainLine(set.text)]]),
    [indent, dim(commitText(set))],
  ]

  const variable = (explained: ExplainedVariable, cluster: string | null): Line[] => {
    const { name, default: fallback, clusters, clusterCount } = explained
    const reference = `\${${name}}`
    const unset = fallback === null ? 'is not set' : `is not set; the default is ${valueText(fallback)}`
    const [only] = clusters
    if (cluster !== null && only !== undefined) {
      if (only.setBy === null) return [[`  ${reference} ${unset}`]]
      return writer(reference, ' '.repeat(reference.length + 4), only.setBy)
    }
    const width = Math.max(0, ...clusters.map((each) => each.cluster.length))
    const rest = clusterCount - clusters.length
    return [
      [`  ${reference}`],
      ...clusters.map(({ cluster: on, value, setBy }): Line => {
        const start = `    ${on.padEnd(width)}  `
        return setBy === null ? [start, dim(unset)] : [start, `${valueText(value)}  `, place(setBy)]
      }),
      ...(rest > 0 ? [[`    and ${rest} more clusters`]] : []),
    ]
  }

  return {
    head({ app, environment, cluster, variant, otherVariants, object }: Explanation): Line[] {
      const where = cluster === null ? `${app} in ${environment}` : `${app} on ${cluster} (${environment})`
      const overlay = variant === null ? '' : `, with the overlay ${variant}`
      const head: Line = [bold(object), ` of ${where}${overlay}`]
      if (cluster !== null || otherVariants.length === 0) return [head]
      return [head, [dim(`Clusters with an overlay of their own (--cluster): ${otherVariants.join(', ')}`)]]
    },
    field({ path, value, substituted, setBy, variables }: ExplainedField, cluster: string | null): Line[] {
      return [
        [bold(path), `: ${valueText(value)}`],
        ...(substituted === undefined ? [] : [[`  on ${cluster}: ${valueText(substituted)}`]]),
        ...(setBy.length === 0 ? [[dim('  made by the renderer; no file says it')]] : []),
        ...setBy.flatMap((set, index) => writer(dim(index === 0 ? 'set by' : 'over  '), ' '.repeat(10), set)),
        ...variables.flatMap((each) => variable(each, cluster)),
      ]
    },
    summary({ path, value, substituted, setBy: [last, ...others] }: ExplainedField): Line[] {
      const becomes = substituted === undefined ? '' : ` → ${valueText(substituted)}`
      const head: Line = [bold(path), `: ${valueText(value)}${becomes}`]
      if (last === undefined) return [head, [dim('  made by the renderer')]]
      const over = others.length === 0 ? '' : ` (over ${others.length})`
      const who =
        last.commit === null ? 'not committed' : `${last.commit.id.slice(0, 10)} ${last.commit.author}`
      return [head, ['  ', place(last), dim(`  ${plainLine(who)}${over}`)]]
    },
  }
}

function commitText({ commit }: Writer): string {
  if (commit === null) return 'not committed'
  const { id, author, authoredAt, summary } = commit
  return plainLine(`${id.slice(0, 10)} ${localTime(authoredAt).slice(0, 10)} ${author}: ${summary}`)
}

const valueText = (value: unknown): string =>
  plainLine(typeof value === 'string' || typeof value === 'bigint' ? String(value) : JSON.stringify(value))
