import { fail } from '../errors.ts'
import { placeOf } from './json.ts'
import {
  become,
  isNull,
  isStringLike,
  keyIndex,
  kindName,
  mapping,
  Node,
  type NodeKind,
  noContent,
  removeField,
  scalar,
} from './node.ts'
import { isOldNonString } from './resolve.ts'

/**
 * Sets a field of a mapping; null (unless it must be kept) removes it. A field that exists keeps its place
 * and its style: what was quoted stays quoted, which decides whether a number becomes a string.
 */
export function setField(node: Node, name: string, value: Node | undefined): void {
  if (value !== undefined) protect(value)
  requireKind(node, 'mapping')
  if (value === undefined || (isNull(value) && !value.keep)) {
    removeField(node, name)
    return
  }
  const index = keyIndex(node, name)
  if (index < 0) {
    node.content.push(scalar(name), value)
    return
  }
  const existing = node.content[index + 1]!
  value.style = existing.style
  remember(existing, value)
  become(existing, value)
}

/** Gives a scalar a new value. It keeps its style; a list or mapping in its place is an error. */
export function setScalar(node: Node, value: Node): void {
  protect(value)
  requireKind(node, 'scalar')
  if (isNull(value)) return
  value.style = node.style
  remember(node, value)
  become(node, value)
  node.kind = 'scalar'
}

/** Text that YAML 1.1 would not read as a string is quoted before it is put into a tree. */
function protect(value: Node): void {
  if (value.style === 'plain' && isStringLike(value) && isOldNonString(value.value)) value.style = 'quoted'
}

/** The field's value, created empty with the given kind when it is missing. */
export function fieldOrCreate(node: Node, name: string, kind: NodeKind): Node {
  requireKind(node, 'mapping')
  const index = keyIndex(node, name)
  if (index >= 0) return node.content[index + 1]!
  const created = new Node(kind, '', '', 'plain', kind === 'scalar' ? noContent : [])
  node.content.push(scalar(name), created)
  return created
}

/** Null counts as any kind; it turns into the wanted one when something is put into it. */
export function requireKind(node: Node, kind: NodeKind): void {
  if (node.kind === kind || isNull(node)) {
    if (node.kind !== kind && kind === 'mapping') become(node, mapping())
    return
  }
  const wanted = kind === 'mapping' ? 'a mapping' : kind === 'sequence' ? 'a list' : 'a scalar'
  fail(`expected ${wanted}, found ${kindName(node)}`, placeOf(node))
}

/** When set, replaced nodes are linked from what replaced them. Used by provenance only. */
let remembering = false

export function remembersHistory(): boolean {
  return remembering
}

export function withHistory<T>(enabled: boolean, work: () => T): T {
  const outer = remembering
  remembering = enabled
  try {
    return work()
  } finally {
    remembering = outer
  }
}

function remember(existing: Node, value: Node): void {
  if (!remembering || existing === value || existing.line === 0) return
  const previous = new Node(existing.kind, existing.tag, existing.value, existing.style, noContent)
  previous.file = existing.file
  previous.line = existing.line
  previous.column = existing.column
  previous.before = existing.before
  existing.before = previous
}
