import { isScalar, LineCounter, parseDocument, type Scalar, visit } from 'yaml'
import { fail } from '../errors.ts'
import { type Node, tags } from '../yaml/node.ts'
import { resolve } from '../yaml/resolve.ts'

/** A scalar with its new value, and where in the text the old one is. */
export interface Change {
  readonly node: Node
  readonly line: number
  readonly column: number
}

/** The YAML text of `holder` with new values in some of its scalars; comments, order and quoting stay. */
export function rewriteYaml(changes: readonly Change[], holder: Node): string {
  const lines = new LineCounter()
  const document = parseDocument(holder.value, {
    lineCounter: lines,
    schema: 'failsafe',
    keepSourceTokens: false,
  })
  const byPosition = new Map<string, Scalar>()
  visit(document, {
    Scalar: (key, node) => {
      if (key === 'key' || node.range === undefined || node.range === null) return
      const { line, col } = lines.linePos(node.range[0])
      byPosition.set(`${line}:${col}`, node)
    },
  })
  for (const { node, line, column } of changes) {
    const target = byPosition.get(`${line}:${column}`)
    if (node.kind !== 'scalar' || target === undefined || !isScalar(target)) refuse(holder)
    const meaning = resolve(node.value).tag
    if (node.tag !== tags.string && node.tag !== meaning) refuse(holder)
    target.value = node.value
    if (node.tag === tags.string && meaning !== tags.string && target.type === 'PLAIN')
      target.type = 'QUOTE_DOUBLE'
  }
  return document.toString({ indentSeq: false, lineWidth: 0 }).trim()
}

function refuse({ file, line, column }: Node): never {
  return fail('a replacement inside YAML text can only change scalars that are there', { file, line, column })
}
