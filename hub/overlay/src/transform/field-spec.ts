import { fail } from '../errors.ts'
import type { Gvk } from '../resources/id.ts'
import { placeOf } from '../yaml/json.ts'
import { field, isNull, kindName, type Node, type NodeKind, noContent } from '../yaml/node.ts'
import { fieldOrCreate } from '../yaml/set.ts'

/** A field of some kinds of objects that a transformer reads or writes. */
export interface FieldSpec extends Partial<Gvk> {
  /** `/`-separated; a `/` inside a name is written `\/`; `[]` marks a list, which may also be left unmarked. */
  readonly path: string
  readonly create?: boolean
}

export interface Visit {
  readonly set: (node: Node) => void
  /** What to create when the spec says `create` and the field is missing; nothing when absent. */
  readonly createKind?: NodeKind
}

const splitPaths = new Map<string, readonly string[]>()

/** Calls `set` on every place of `node` the path leads to. Does not check the kind of the object. */
export function visitFieldSpec(node: Node, spec: FieldSpec, visit: Visit): void {
  let path = splitPaths.get(spec.path)
  if (path === undefined) {
    path = splitPath(spec.path, '/')
    if (splitPaths.size < 10_000) splitPaths.set(spec.path, path)
  }
  descend(node, spec, path, 0, visit)
}

function descend(node: Node, spec: FieldSpec, path: readonly string[], depth: number, visit: Visit): void {
  if (depth === path.length) {
    visit.set(node)
    return
  }
  if (isNull(node)) return
  if (node.kind === 'sequence') {
    for (const element of node.content) descend(element, spec, path, depth, visit)
    return
  }
  if (node.kind !== 'mapping')
    fail(`the path ${spec.path} needs a mapping or a list here, found ${kindName(node)}`, placeOf(node))
  const next = step(node, spec, path[depth]!, depth === path.length - 1, visit)
  if (next !== undefined) descend(next, spec, path, depth + 1, visit)
}

function step(node: Node, spec: FieldSpec, part: string, isLast: boolean, visit: Visit): Node | undefined {
  const isList = part.endsWith('[]')
  const name = isList ? part.slice(0, -2) : part
  if (name === '') fail(`the path ${spec.path} has an empty part`)
  if (isList || spec.create !== true || visit.createKind === undefined) {
    const found = field(node, name)
    if (found !== undefined && isNull(found) && isList) retype(found, 'sequence', '')
    return found
  }
  const kind = isLast ? visit.createKind : 'mapping'
  const found = fieldOrCreate(node, name, kind)
  if (isNull(found)) retype(found, kind, kind === 'mapping' ? '!!map' : kind === 'scalar' ? '!!str' : '')
  return found
}

function retype(node: Node, kind: NodeKind, tag: string): void {
  node.kind = kind
  node.tag = tag
  node.content = kind === 'scalar' ? noContent : []
}

/** Splits at `delimiter`, which `\` escapes; a leading delimiter is ignored. */
export function splitPath(path: string, delimiter: string): string[] {
  const parts = path.split(delimiter)
  if (parts.length > 1 && parts[0] === '') parts.shift()
  const result = [parts[0]!]
  for (const part of parts.slice(1)) {
    const last = result[result.length - 1]!
    if (last.endsWith('\\')) result[result.length - 1] = `${last.slice(0, -1)}${delimiter}${part}`
    else result.push(part)
  }
  return result
}
