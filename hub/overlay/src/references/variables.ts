import { fail, type Place } from '../errors.ts'
import { describeId, idsEqual, isSelected, type ResourceId, sameGvk } from '../resources/id.ts'
import { placed } from '../resources/resource.ts'
import type { ResourceSet } from '../resources/resource-set.ts'
import { type FieldSpec, visitFieldSpec } from '../transform/field-spec.ts'
import { placeOf } from '../yaml/json.ts'
import { become, isNull, isStringLike, kindName, type Node, scalar, tags } from '../yaml/node.ts'
import { resolve } from '../yaml/resolve.ts'
import { lookup, splitFieldPath } from './field-path.ts'

/** A name that stands for the value of a field of an object: `$(NAME)`. */
export interface Variable {
  readonly name: string
  readonly target: {
    readonly group: string
    readonly version: string
    readonly kind: string
    readonly name: string
    readonly namespace: string
  }
  readonly fieldPath: string
  readonly at: Place
}

/** Marks the objects that variables read from, now, while they still have the names the variables use. */
export function bindVariables(resources: ResourceSet, variables: readonly Variable[]): void {
  for (const variable of variables) {
    const id: ResourceId = { ...variable.target, isClusterScoped: false }
    const matches = resources.withAnyId((candidate) =>
      id.namespace === '' ? candidate.name === id.name && sameGvk(candidate, id) : idsEqual(candidate, id),
    )
    if (matches.length > 1)
      fail(
        `the var "${variable.name}" is ambiguous: ${matches.length} objects are ${describeId(id)}`,
        variable.at,
      )
    matches[0]?.variables.push(variable.name)
  }
}

/** Adds variables; a name may be used only once in a build. */
export function addVariables(known: Map<string, Variable>, added: Iterable<Variable>): void {
  for (const variable of added) {
    if (known.has(variable.name)) fail(`the var "${variable.name}" is defined twice`, variable.at)
    known.set(variable.name, variable)
  }
}

type Value = { readonly text: string; readonly tag: string }

/** Substitutes `$(NAME)` in the fields that may hold variables. Returns the names that were never used. */
export function resolveVariables(
  resources: ResourceSet,
  variables: ReadonlyMap<string, Variable>,
  specs: readonly FieldSpec[],
): string[] {
  if (variables.size === 0) return []
  const values = new Map<string, Value | undefined>()
  for (const name of [...variables.keys()].sort())
    values.set(name, readValue(resources, variables.get(name)!))
  const used = new Set<string>()
  for (const resource of resources.all) {
    for (const spec of specs) {
      if (!isSelected(resource.gvk, spec)) continue
      visitFieldSpec(resource.node, spec, { set: (node) => substitute(node, values, used, spec) })
    }
  }
  return [...values.keys()].filter((name) => !used.has(name))
}

function readValue(resources: ResourceSet, variable: Variable): Value | undefined {
  const source = resources.all.find((resource) => resource.variables.includes(variable.name))
  if (source === undefined) fail(`the var "${variable.name}" names no object of the build`, variable.at)
  const node = lookup(source.node, indexed(splitFieldPath(variable.fieldPath)))
  if (node === undefined)
    fail(
      `the var "${variable.name}" reads ${variable.fieldPath}, which ${describeId(source.id)} does not have`,
      {
        ...variable.at,
        field: 'fieldref.fieldPath',
      },
    )
  return primitive(node)
}

function primitive(node: Node): Value | undefined {
  if (node.kind !== 'scalar') return undefined
  if (node.tag === tags.int || node.tag === tags.float || node.tag === tags.bool)
    return { text: String(resolve(node.value).value), tag: node.tag }
  return { text: node.value, tag: tags.string }
}

/** `containers[0]` is written as `containers.0`. */
function indexed(path: readonly string[]): string[] {
  return path.flatMap((part) => {
    const match = /^(.*)\[(\d+)\]$/.exec(part)
    if (match === null) return [part]
    return match[1] === '' ? [match[2]!] : [match[1]!, match[2]!]
  })
}

function substitute(
  node: Node,
  values: ReadonlyMap<string, Value | undefined>,
  used: Set<string>,
  spec: FieldSpec,
): void {
  if (isNull(node)) return
  if (node.kind === 'scalar') {
    if (isStringLike(node)) replace(node, values, used)
    return
  }
  for (
    let index = node.kind === 'mapping' ? 1 : 0;
    index < node.content.length;
    index += node.kind === 'mapping' ? 2 : 1
  ) {
    const item = node.content[index]!
    if (isStringLike(item)) replace(item, values, used)
    else if (node.kind === 'sequence')
      fail(`${spec.path} must be a list of strings, found ${kindName(item)}`, placeOf(item))
  }
}

function replace(node: Node, values: ReadonlyMap<string, Value | undefined>, used: Set<string>): void {
  if (!node.value.includes('$')) {
    node.tag = tags.string
    return
  }
  const result = expand(node.value, values, used)
  become(node, placed(scalar(result.text, result.tag, result.text.includes('\n') ? 'quoted' : 'plain'), node))
}

/** `$(NAME)` alone keeps the type of the value; inside other text it becomes text; `$$` is a dollar sign. */
function expand(input: string, values: ReadonlyMap<string, Value | undefined>, used: Set<string>): Value {
  let text = ''
  for (let cursor = 0; cursor < input.length; cursor++) {
    const character = input[cursor]!
    if (character !== '$' || cursor + 1 >= input.length) {
      text += character
      continue
    }
    const next = input[cursor + 1]!
    const close = next === '(' ? input.indexOf(')', cursor + 2) : -1
    if (next === '$') text += '$'
    else if (close < 0) text += `$${next}`
    else {
      const name = input.slice(cursor + 2, close)
      const value = values.get(name)
      if (value !== undefined) used.add(name)
      if (value !== undefined && input === `$(${name})`) return value
      text += value === undefined ? `$(${name})` : value.text
      cursor = close
      continue
    }
    cursor++
  }
  return { text, tag: tags.string }
}
