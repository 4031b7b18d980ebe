import type { Operation } from '../patch/json-patch.ts'
import type { Json } from './json.ts'
import { field, mapping, type Node, scalar, sequence, tags } from './node.ts'
import { canBePlain, goFloatText } from './scalar-text.ts'

/**
 * The tree of an object that went through JSON, as a JSON patch makes it do: every number a 64-bit float,
 * presentation as the official binary would print it. Positions come from the tree before, and from the
 * operations for what they wrote.
 */
export function fromGoJson(value: Json, before: Node | undefined, operations: readonly Operation[]): Node {
  const node = toNode(value)
  if (before !== undefined) placeLike(node, before)
  for (const operation of operations) placeOperation(node, operation)
  return node
}

function toNode(value: Json): Node {
  if (value === null) return scalar('null', tags.null)
  if (typeof value === 'string') return scalar(value, tags.string, canBePlain(value) ? 'plain' : 'quoted')
  if (typeof value === 'boolean') return scalar(String(value), tags.bool)
  if (typeof value === 'number' || typeof value === 'bigint') return numberNode(Number(value))
  if (Array.isArray(value)) return sequence(value.map(toNode))
  return mapping(Object.entries(value).flatMap(([key, item]) => [scalar(key, tags.string), toNode(item)]))
}

function numberNode(value: number): Node {
  const text = goFloatText(value)
  return scalar(text, /^-?\d+$/.test(text) ? tags.int : tags.float)
}

function placeLike(node: Node, before: Node): void {
  node.file = before.file
  node.line = before.line
  node.column = before.column
  node.before = before.before
  if (node.kind !== before.kind || node.kind === 'scalar') return
  if (node.kind === 'sequence') {
    for (const [index, element] of node.content.entries()) {
      const old = before.content[index]
      if (old !== undefined) placeLike(element, old)
    }
    return
  }
  for (let index = 0; index < node.content.length; index += 2) {
    const old = field(before, node.content[index]!.value)
    if (old !== undefined) placeLike(node.content[index + 1]!, old)
  }
}

function placeOperation(root: Node, { op, path, node: written }: Operation): void {
  if (op !== 'add' && op !== 'replace') return
  const source = field(written, 'value')
  if (source === undefined) return
  let current: Node | undefined = root
  for (const part of path.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (current?.kind === 'sequence')
      current = name === '-' ? current.content.at(-1) : current.content[Number(name)]
    else current = field(current, name)
  }
  if (current !== undefined) placeLike(current, source)
}
