import { fail } from '../errors.ts'
import { type Json, placeOf, toOldJson } from '../yaml/json.ts'
import { field, kindName, type Node, text } from '../yaml/node.ts'

type Verb = 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test'

/** One operation of RFC 6902. */
export interface Operation {
  readonly op: Verb
  readonly path: string
  readonly from: string
  readonly value: Json | undefined
  readonly node: Node
}

type Mutable = string | number | bigint | boolean | null | Mutable[] | { [key: string]: Mutable }

const verbs: readonly string[] = ['add', 'remove', 'replace', 'move', 'copy', 'test']

/** Reads a list of operations. Undefined when the document is not a list of mappings. */
export function operationsFrom(document: Node | undefined): Operation[] | undefined {
  if (document === undefined || document.kind !== 'sequence') return undefined
  return document.content.map(operation)
}

function operation(node: Node): Operation {
  if (node.kind !== 'mapping') fail(`a JSON patch holds operations, found ${kindName(node)}`, placeOf(node))
  const op = text(field(node, 'op'))
  if (!verbs.includes(op))
    fail(`unknown operation "${op}"; use one of ${verbs.join(', ')}`, { ...placeOf(node), field: 'op' })
  const path = field(node, 'path')
  if (path === undefined) fail(`the operation "${op}" has no path`, { ...placeOf(node), field: 'path' })
  const value = field(node, 'value')
  return {
    op: op as Verb,
    path: text(path),
    from: text(field(node, 'from')),
    value: value === undefined ? undefined : toOldJson(value),
    node,
  }
}

/** Applies the operations to a JSON value in place and returns it. Fails at the first that cannot be applied. */
export function applyOperations(document: Json, operations: readonly Operation[], object: string): Json {
  const root = document as Mutable
  for (const step of operations) {
    const refuse = (why: string): never =>
      fail(`${step.op} ${step.path} on ${object}: ${why}`, { ...placeOf(step.node), field: 'path' })
    apply(root, step, refuse)
  }
  return root as Json
}

function apply(root: Mutable, step: Operation, refuse: (why: string) => never): void {
  const value = (): Mutable => clone(step.value ?? null)
  if (step.op === 'add') add(root, step.path, value(), refuse)
  else if (step.op === 'remove') remove(root, step.path, refuse)
  else if (step.op === 'replace') replace(root, step.path, value(), refuse)
  else if (step.op === 'move') add(root, step.path, remove(root, step.from, refuse), refuse)
  else if (step.op === 'copy') add(root, step.path, clone(get(root, step.from, refuse) as Json), refuse)
  else if (!equal(find(root, step.path) ?? null, value()))
    refuse(`the value is not ${show(step.value ?? null)}`)
}

function add(root: Mutable, path: string, value: Mutable, refuse: (why: string) => never): void {
  const { parent, key } = locate(root, path, refuse)
  if (!Array.isArray(parent)) {
    define(parent, key, value)
    return
  }
  const index = key === '-' ? parent.length : listIndex(key, parent.length + 1, refuse)
  parent.splice(index, 0, value)
}

function remove(root: Mutable, path: string, refuse: (why: string) => never): Mutable {
  const { parent, key } = locate(root, path, refuse)
  if (Array.isArray(parent)) return parent.splice(listIndex(key, parent.length, refuse), 1)[0]!
  if (!Object.hasOwn(parent, key)) refuse('there is nothing to remove')
  const removed = parent[key]!
  delete parent[key]
  return removed
}

function replace(root: Mutable, path: string, value: Mutable, refuse: (why: string) => never): void {
  const { parent, key } = locate(root, path, refuse)
  if (Array.isArray(parent)) {
    parent[listIndex(key, parent.length, refuse)] = value
    return
  }
  // RFC 6902 wants the field to exist; the official binary adds it.
  define(parent, key, value)
}

function get(root: Mutable, path: string, refuse: (why: string) => never): Mutable {
  const found = find(root, path)
  return found === undefined ? refuse(`${path} does not exist`) : found
}

function find(root: Mutable, path: string): Mutable | undefined {
  let current: Mutable | undefined = root
  for (const key of segments(path)) {
    if (Array.isArray(current))
      current = current[Number(key) < 0 ? current.length + Number(key) : Number(key)]
    else if (isObject(current)) current = Object.hasOwn(current, key) ? current[key] : undefined
    else return undefined
  }
  return current
}

function locate(
  root: Mutable,
  path: string,
  refuse: (why: string) => never,
): { parent: Mutable[] | { [key: string]: Mutable }; key: string } {
  if (!path.startsWith('/')) refuse('a path starts with "/"')
  const keys = segments(path)
  const key = keys.pop()!
  let current: Mutable = root
  for (const [depth, name] of keys.entries()) {
    let next: Mutable | undefined
    if (Array.isArray(current)) next = current[listIndex(name, current.length, refuse)]
    else if (isObject(current)) next = Object.hasOwn(current, name) ? current[name] : undefined
    if (next === undefined || next === null) refuse(`/${keys.slice(0, depth + 1).join('/')} does not exist`)
    current = next!
  }
  if (!Array.isArray(current) && !isObject(current))
    refuse(`/${keys.join('/')} is neither a mapping nor a list`)
  return { parent: current as Mutable[] | { [key: string]: Mutable }, key }
}

function listIndex(key: string, length: number, refuse: (why: string) => never): number {
  if (!/^-?\d+$/.test(key)) refuse(`"${key}" is not an index of a list`)
  const index = Number(key) < 0 ? length + Number(key) : Number(key)
  if (index < 0 || index >= length) refuse(`the index ${key} is outside the list`)
  return index
}

function segments(path: string): string[] {
  return path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function isObject(value: Mutable | undefined): value is { [key: string]: Mutable } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function define(target: { [key: string]: Mutable }, key: string, value: Mutable): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true })
  else target[key] = value
}

function clone(value: Json): Mutable {
  return structuredClone(value) as Mutable
}

function equal(a: Mutable, b: Mutable): boolean {
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => equal(item, b[index]!))
  if (!isObject(a))
    return typeof a === 'object'
      ? a === b
      : a === b ||
          (typeof a !== 'string' && typeof b !== 'string' && typeof b !== 'object' && String(a) === String(b))
  if (!isObject(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equal(a[key]!, b[key]!))
  )
}

function show(value: Json): string {
  return typeof value === 'bigint'
    ? String(value)
    : JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? String(item) : item))
}
