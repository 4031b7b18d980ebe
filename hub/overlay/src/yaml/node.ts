/**
 * The tree a build works on: YAML nodes, not JSON values, because Kustomize's rules depend on how a
 * scalar was written. `port: 8080` patched over `port: "8080"` stays a string; a replacement copies the
 * text `1.10`, not the number 1.1.
 */
export type NodeKind = 'mapping' | 'sequence' | 'scalar'

/**
 * `plain` is an unquoted scalar, `folded` a `>` block, `tagged` has an explicit tag; `quoted` covers every
 * other presentation.
 */
export type NodeStyle = 'plain' | 'quoted' | 'folded' | 'tagged'

/** Tags as they are written in YAML; `''` means "whatever the text resolves to". */
export type Tag = string

export const tags = {
  none: '',
  string: '!!str',
  int: '!!int',
  float: '!!float',
  bool: '!!bool',
  null: '!!null',
  timestamp: '!!timestamp',
  binary: '!!binary',
  merge: '!!merge',
  map: '!!map',
  seq: '!!seq',
} as const

export class Node {
  kind: NodeKind
  tag: Tag
  /** The text of a scalar. */
  value: string
  style: NodeStyle
  /** Elements of a sequence; keys and values, alternating, of a mapping. */
  content: Node[]
  /** Where the node was written: the file (or the field that made it), line and column from 1; 0 = unknown. */
  file = ''
  line = 0
  column = 0
  /** The node this one took the place of; kept only when provenance is asked for. */
  before: Node | undefined = undefined
  /** An explicit null that must survive a merge. */
  keep = false

  constructor(kind: NodeKind, tag: Tag, value: string, style: NodeStyle, content: Node[]) {
    this.kind = kind
    this.tag = tag
    this.value = value
    this.style = style
    this.content = content
  }
}

export const noContent: Node[] = []

export function scalar(value: string, tag: Tag = tags.none, style: NodeStyle = 'plain'): Node {
  return new Node('scalar', tag, value, style, noContent)
}

export function stringScalar(value: string): Node {
  return scalar(value, tags.string, value.includes('\n') ? 'quoted' : 'plain')
}

export function mapping(content: Node[] = []): Node {
  return new Node('mapping', tags.map, '', 'plain', content)
}

export function sequence(content: Node[] = []): Node {
  return new Node('sequence', tags.seq, '', 'plain', content)
}

export function isNull(node: Node | undefined): boolean {
  return node === undefined || node.tag === tags.null
}

export function isEmpty(node: Node | undefined): boolean {
  return node === undefined || node.tag === tags.null || (node.kind !== 'scalar' && node.content.length === 0)
}

/** A scalar that is a string, or that nobody has typed yet. */
export function isStringLike(node: Node): boolean {
  return node.kind === 'scalar' && (node.tag === tags.string || node.tag === tags.none)
}

/** The index of `name`'s key in a mapping's content, or -1. */
export function keyIndex(node: Node, name: string): number {
  const { content } = node
  for (let index = 0; index < content.length; index += 2) {
    if (content[index]!.value === name) return index
  }
  return -1
}

/** The value of a field; undefined when `node` is not a mapping or lacks the field. */
export function field(node: Node | undefined, name: string): Node | undefined {
  if (node === undefined || node.kind !== 'mapping') return undefined
  const index = keyIndex(node, name)
  return index < 0 ? undefined : node.content[index + 1]
}

export function fieldAt(node: Node | undefined, ...path: readonly string[]): Node | undefined {
  let current = node
  for (const name of path) current = field(current, name)
  return current
}

/** The text of a scalar field; `''` when absent or null. */
export function text(node: Node | undefined): string {
  return node === undefined || node.tag === tags.null ? '' : node.value
}

export function removeField(node: Node, name: string): Node | undefined {
  const index = keyIndex(node, name)
  if (index < 0) return undefined
  const removed = node.content[index + 1]
  node.content.splice(index, 2)
  return removed
}

/** Makes `target` be what `source` is, in place, so that whoever holds `target` sees the change. */
export function become(target: Node, source: Node): void {
  if (target === source) return
  target.kind = source.kind
  target.tag = source.tag
  target.value = source.value
  target.style = source.style
  target.content = source.content
  target.keep = source.keep
  if (source.line > 0) {
    target.file = source.file
    target.line = source.line
    target.column = source.column
  }
}

export function copy(node: Node): Node {
  const { content } = node
  const length = content.length
  let copied = noContent
  if (length > 0) {
    copied = new Array<Node>(length)
    for (let index = 0; index < length; index++) copied[index] = copy(content[index]!)
  } else if (node.kind !== 'scalar') {
    copied = []
  }
  const result = new Node(node.kind, node.tag, node.value, node.style, copied)
  result.file = node.file
  result.line = node.line
  result.column = node.column
  result.keep = node.keep
  result.before = node.before
  return result
}

/** Kind as error messages name it. */
export function kindName(node: Node): string {
  if (node.kind === 'mapping') return 'a mapping'
  if (node.kind === 'sequence') return 'a list'
  return isNull(node) ? 'null' : 'a scalar'
}
