import { fail } from '../errors.ts'
import { maxMergedElements } from '../limits.ts'
import type { Schema } from '../schema/schema.ts'
import type { TypeRow } from '../schema/types.ts'
import { placeOf } from '../yaml/json.ts'
import { field, isNull, kindName, type Node, scalar, sequence, tags, text } from '../yaml/node.ts'
import { setField, setScalar } from '../yaml/set.ts'
import { takeDirective } from './directive.ts'
import { findElement, keyValues, setElement } from './elements.ts'

/**
 * Strategic merge as the official binary does it: patch over target, lists merged by the keys of the
 * schema, new elements before old ones, null and `$patch: delete` removing, `$patch: replace` replacing.
 * Changes `target` in place and uses up `patch`.
 *
 * Returns what is left of the target: undefined when the patch deletes it.
 */
export function strategicMerge(target: Node, patch: Node, schema: Schema): Node | undefined {
  return new Merge(schema).walk(target, patch, undefined)
}

class Merge {
  readonly #schema: Schema

  constructor(schema: Schema) {
    this.#schema = schema
  }

  walk(target: Node | undefined, patch: Node | undefined, knownType: TypeRow | undefined): Node | undefined {
    const type = knownType ?? this.#typeByContent(target, patch)
    const leader = !isNull(target) ? target : !isNull(patch) ? patch : undefined
    if (leader === undefined) return this.#mapping(target, patch, type)
    requireSameKind(leader, target, patch)
    if (leader.kind === 'mapping') return this.#mapping(target, patch, type)
    if (leader.kind === 'sequence') {
      return isMergedByKeys(type) ? this.#list(target, patch, type!) : (patch ?? target)
    }
    return patch ?? target
  }

  /** Objects inside objects bring their own schema, wherever the outer schema says nothing. */
  #typeByContent(target: Node | undefined, patch: Node | undefined): TypeRow | undefined {
    for (const node of [target, patch]) {
      if (node === undefined || node.kind !== 'mapping') continue
      const kind = text(field(node, 'kind'))
      const apiVersion = text(field(node, 'apiVersion'))
      if (kind === '' || apiVersion === '') continue
      const type = this.#schema.typeOf(apiVersion, kind)
      if (type !== undefined) return type
    }
    return undefined
  }

  #mapping(target: Node | undefined, patch: Node | undefined, type: TypeRow | undefined): Node | undefined {
    const result = chooseMapping(target, patch)
    if (result === undefined || result.kind !== 'mapping') return result
    for (const name of fieldNames(result, patch)) {
      const fieldType = type === undefined ? undefined : this.#schema.fieldOf(type, name)
      setField(result, name, this.walk(field(result, name), field(patch, name), fieldType))
    }
    return result
  }

  #list(target: Node | undefined, patch: Node | undefined, type: TypeRow): Node | undefined {
    const result = chooseList(target, patch)
    if (result === undefined) return undefined
    const keys = type.k ?? []
    if (keys.length > 0) return this.#elements(result, patch, type, keys, elementKeys(result, patch, keys))
    return this.#elements(result, patch, type, [''], primitiveValues(result, patch))
  }

  /** Merges the elements of both lists, pair by pair; those of the patch come first, in its order. */
  #elements(
    target: Node,
    patch: Node | undefined,
    type: TypeRow,
    keys: readonly string[],
    found: string[][],
  ): Node | undefined {
    const elementType = this.#schema.elementOf(type)
    if (found.length > maxMergedElements)
      fail(`a list of more than ${maxMergedElements} elements cannot be merged`, placeOf(target))
    const list = keys.length > 1 ? unifyPartialKeys(found) : found
    const merged = sequence()
    let usedKeys = keys
    for (const values of list) {
      const used = usableKeys(list, values, keys)
      usedKeys = used.keys
      const lookup = usableKeys([used.values], used.values, used.keys)
      const element = this.walk(
        findElement(target, lookup.keys, lookup.values),
        findElement(patch, lookup.keys, lookup.values),
        elementType,
      )
      if (
        element === undefined ||
        isNull(element) ||
        (element.kind === 'mapping' && element.content.length === 0)
      ) {
        setElement(target, undefined, used.keys, used.values)
        continue
      }
      restoreKeys(element, used.keys, used.values)
      setElement(merged, element, used.keys, used.values)
    }
    if (list.length === 0) return target
    return appendElements(merged, target, usedKeys)
  }
}

function requireSameKind(leader: Node, ...others: (Node | undefined)[]): void {
  for (const other of others) {
    if (isNull(other) || other!.kind === leader.kind) continue
    const at = other!.line > 0 ? other! : leader
    fail(`a patch cannot turn ${kindName(leader)} into ${kindName(other!)}`, placeOf(at))
  }
}

function chooseMapping(target: Node | undefined, patch: Node | undefined): Node | undefined {
  if (isNull(target)) {
    if (patch !== undefined && patch.kind === 'mapping' && takeDirective(patch) === 'delete') return undefined
    if (patch === undefined && target !== undefined && target.value !== '') return keptNull(target)
    return patch
  }
  if (patch !== undefined && isNull(patch)) return undefined
  const directive = takeDirective(patch)
  if (directive === 'delete') return undefined
  return directive === 'replace' ? patch : target
}

/** A null that was written out (`null` or `~`) outlives a patch that does not mention it; an empty value does not. */
function keptNull(target: Node): Node {
  const kept = scalar(target.value, tags.null)
  kept.keep = true
  kept.file = target.file
  kept.line = target.line
  kept.column = target.column
  return kept
}

function chooseList(target: Node | undefined, patch: Node | undefined): Node | undefined {
  if (isNull(target)) return patch
  if (patch !== undefined && isNull(patch)) return undefined
  const directive = takeDirective(patch)
  if (directive === 'delete') return undefined
  return directive === 'replace' ? patch : target
}

function fieldNames(target: Node, patch: Node | undefined): string[] {
  const names = new Set<string>()
  for (let index = 0; index < target.content.length; index += 2) names.add(target.content[index]!.value)
  if (patch !== undefined && patch.kind === 'mapping') {
    for (let index = 0; index < patch.content.length; index += 2) names.add(patch.content[index]!.value)
  }
  return [...names].sort()
}

function isMergedByKeys(type: TypeRow | undefined): boolean {
  return type?.s?.split(',').includes('merge') === true
}

/** The key values of all elements, each once, the patch's before the target's. */
function elementKeys(target: Node, patch: Node | undefined, keys: readonly string[]): string[][] {
  const seen = new Set<string>()
  const result: string[][] = []
  for (const list of [patch, target]) {
    if (list === undefined || list.kind !== 'sequence') continue
    for (const values of keyValues(list, keys)) {
      const key = values.join('\n')
      if (seen.has(key)) continue
      seen.add(key)
      result.push(values)
    }
  }
  return result
}

function primitiveValues(target: Node, patch: Node | undefined): string[][] {
  const values = [patch, target].flatMap((list) => list?.content.map((item) => item.value) ?? [])
  return [...new Set(values)].map((value) => [value])
}

/**
 * With several keys, an element that gives only some of them means the element that agrees in those:
 * `containerPort: 80` is the same port as `containerPort: 80, protocol: TCP`.
 */
function unifyPartialKeys(list: string[][]): string[][] {
  const result = [...list]
  for (let left = 0; left < result.length; left++) {
    const values = result[left]!
    for (let right = 0; right < result.length; right++) {
      const unified = unify(values, result[right]!)
      if (unified === undefined) continue
      result[left] = unified
      result[right] = unified
    }
  }
  return result
}

function unify(a: readonly string[], b: readonly string[]): string[] | undefined {
  if (a.length !== b.length) return undefined
  let agrees = false
  const result: string[] = []
  for (let index = 0; index < a.length; index++) {
    const x = a[index]!
    const y = b[index]!
    if (x === y) agrees = true
    else if (x !== '' && y !== '') return undefined
    result.push(x === '' ? y : x)
  }
  return agrees ? result : undefined
}

/** Keys that no element gives a value for do not identify anything. */
function usableKeys(
  list: readonly string[][],
  values: readonly string[],
  keys: readonly string[],
): { keys: string[]; values: string[] } {
  const isUsed = keys.map((_, index) => list.some((given) => (given[index] ?? '') !== ''))
  if (!isUsed.includes(true)) return { keys: [...keys], values: [...values] }
  return {
    keys: keys.filter((_, index) => isUsed[index]),
    values: values.filter((value, index) => value !== '' || isUsed[index]),
  }
}

function restoreKeys(element: Node, keys: readonly string[], values: readonly string[]): void {
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]!
    const value = values[index] ?? ''
    if (value === '' || (key !== '' && field(element, key) !== undefined)) continue
    if (key === '') setScalar(element, scalar(value))
    else setField(element, key, scalar(value))
  }
}

/** Adds the target's elements behind the merged ones; each that was merged is already there and only keeps its place. */
function appendElements(merged: Node, target: Node, keys: readonly string[]): Node {
  for (const element of [...target.content]) {
    if (keys[0] === '') {
      setElement(merged, element, [''], [element.value])
      continue
    }
    const values: string[] = []
    for (const key of keys) {
      const value = field(element, key)
      if (value === undefined) merged.content.push(element)
      else values.push(value.value)
    }
    if (keys.length > 1) setElement(merged, undefined, keys, values)
    setElement(merged, element, keys, values)
  }
  return merged
}
