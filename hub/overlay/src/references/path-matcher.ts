import { fail } from '../errors.ts'
import { compileSearch } from '../patch/pattern.ts'
import { placeOf } from '../yaml/json.ts'
import {
  field,
  isNull,
  kindName,
  mapping,
  Node,
  type NodeKind,
  noContent,
  scalar,
  text,
} from '../yaml/node.ts'
import { setField } from '../yaml/set.ts'
import { isIndex, isListSelector, parseListSelector } from './field-path.ts'

/**
 * All nodes a path leads to. Parts are field names, indices, `*` for every element, and
 * `[field=regular expression]` (or `[=…]`) for matching elements. With `create`, what is missing is made,
 * the last part with that kind.
 */
export function matchPath(node: Node, path: readonly string[], create: NodeKind | undefined): Node[] {
  const [part] = path
  if (part === undefined) return [node]
  if (isIndex(part)) return matchIndex(node, path, create)
  if (isListSelector(part)) return matchSelector(node, path, create)
  if (part === '*') return elementsOf(node).flatMap((element) => matchPath(element, path.slice(1), create))
  return matchField(node, path, create)
}

function matchField(node: Node, path: readonly string[], create: NodeKind | undefined): Node[] {
  const [part, next] = path as [string, string | undefined]
  if (isNull(node) && create === undefined) return []
  if (node.kind !== 'mapping') fail(`"${part}" needs a mapping here, found ${kindName(node)}`, placeOf(node))
  let found = field(node, part)
  if (found === undefined) {
    if (create === undefined) return []
    found = created(kindFor(next, create))
    node.content.push(scalar(part), found)
  }
  return matchPath(found, path.slice(1), create)
}

function matchIndex(node: Node, path: readonly string[], create: NodeKind | undefined): Node[] {
  const [part, next] = path as [string, string | undefined]
  const index = Number(part)
  const elements = elementsOf(node)
  if (elements.length === index && create !== undefined) node.content.push(created(kindFor(next, create)))
  const element = node.content[index]
  if (element === undefined)
    fail(`the index ${part} is outside the list of ${elements.length}`, placeOf(node))
  return matchPath(element, path.slice(1), create)
}

function matchSelector(node: Node, path: readonly string[], create: NodeKind | undefined): Node[] {
  const selector = parseListSelector(path[0]!)
  const matches = compileSearch(selector.value, placeOf(node), 'fieldPaths')
  const find = (): Node[] =>
    elementsOf(node).flatMap((element) => {
      if (selector.name === '') return matches(shown(element)) ? [element] : []
      const value = field(element, selector.name)
      return value !== undefined && matches(shown(value)) ? matchPath(element, path.slice(1), create) : []
    })
  const found = find()
  if (found.length > 0 || create === undefined) return found
  const value = scalar(selector.value)
  if (selector.name === '') node.content.push(value)
  else {
    const element = mapping()
    setField(element, selector.name, value)
    node.content.push(element)
  }
  return find()
}

/** A scalar as it would be printed in YAML, which is what the regular expressions are matched against. */
function shown(node: Node): string {
  if (node.kind !== 'scalar') return ''
  return node.style === 'plain' ? text(node) : `"${node.value}"`
}

function elementsOf(node: Node): Node[] {
  if (isNull(node)) return []
  if (node.kind !== 'sequence') fail(`expected a list, found ${kindName(node)}`, placeOf(node))
  return [...node.content]
}

function created(kind: NodeKind): Node {
  return new Node(kind, '', '', 'plain', kind === 'scalar' ? noContent : [])
}

function kindFor(next: string | undefined, create: NodeKind): NodeKind {
  if (next === undefined || next === '') return create
  return isListSelector(next) || isIndex(next) ? 'sequence' : 'mapping'
}
