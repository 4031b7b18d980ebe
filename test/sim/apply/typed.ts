/**
 * Objects seen through their schema, as sigs.k8s.io/structured-merge-diff sees them: which fields an object has,
 * how two objects differ, what is left when fields are taken away. Its rules are followed to the letter, odd ones
 * too (duplicates in a keyed list, empty maps), because managedFields shows them.
 */
import { below, isMap, type ListSchema, type MapSchema, resolve, type Schema } from '../schema/schema.ts'
import { indexItems, itemElement, SchemaError } from './element.ts'
import { equal } from './equal.ts'
import { at, type FieldSet, FieldSetBuilder, isEmpty, printElement } from './fieldset.ts'

export interface Comparison {
  readonly removed: FieldSet
  readonly modified: FieldSet
  readonly added: FieldSet
}

/** Every field the object has, as an applier of it would own them. */
export function toFieldSet(schema: Schema, value: unknown): FieldSet {
  const set = new FieldSetBuilder()
  collect(schema, value, [], set)
  return set.done()
}

function collect(schema: Schema, value: unknown, path: string[], set: FieldSetBuilder): void {
  const form = resolve(schema, value)
  if (
    form.form === 'scalar' ||
    (form.form === 'map' && form.atomic) ||
    (form.form === 'list' && form.type === 'atomic')
  ) {
    set.insert(path)
  } else if (form.form === 'map') {
    if (isMap(value)) collectMap(form, value, path, set)
  } else if (Array.isArray(value)) {
    for (const [element, items] of indexItems(form, value)) {
      const itemPath = [...path, element]
      if (items.length === 1) collect(form.element, items[0], itemPath, set)
      set.insert(itemPath)
    }
  }
}

function collectMap(
  schema: MapSchema,
  value: Record<string, unknown>,
  path: string[],
  set: FieldSetBuilder,
): void {
  for (const [key, child] of Object.entries(value)) {
    const childSchema = below(schema, key)
    const childPath = [...path, `f:${key}`]
    if (childSchema) collect(childSchema, child, childPath, set)
    const hollow = child === null || (isMap(child) && Object.keys(child).length === 0)
    if (hollow || !schema.field(key)) set.insert(childPath)
  }
}

export function compare(schema: Schema, left: unknown, right: unknown): Comparison {
  const sets = {
    removed: new FieldSetBuilder(),
    modified: new FieldSetBuilder(),
    added: new FieldSetBuilder(),
  }
  compareAt(schema, left, right, [], sets)
  return { removed: sets.removed.done(), modified: sets.modified.done(), added: sets.added.done() }
}

interface Sets {
  readonly removed: FieldSetBuilder
  readonly modified: FieldSetBuilder
  readonly added: FieldSetBuilder
}

const hollow = (value: unknown) =>
  value === undefined ||
  value === null ||
  (Array.isArray(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0)

function compareAt(schema: Schema, left: unknown, right: unknown, path: string[], sets: Sets): void {
  if (left === right) return
  const form = resolve(schema, right === undefined ? left : right)
  const leaf =
    form.form === 'scalar' ||
    (form.form === 'map' && form.atomic) ||
    (form.form === 'list' && form.type === 'atomic') ||
    (hollow(left) && hollow(right))
  if (leaf) {
    if (left === undefined) sets.added.insert(path)
    else if (right === undefined) sets.removed.insert(path)
    else if (!equal(left, right)) sets.modified.insert(path)
    return
  }
  if (form.form === 'map') compareMaps(form, left, right, path, sets)
  else compareLists(form, left, right, path, sets)
  if (left === undefined) sets.added.insert(path)
  else if (right === undefined) sets.removed.insert(path)
}

function compareMaps(schema: MapSchema, left: unknown, right: unknown, path: string[], sets: Sets): void {
  const a = isMap(left) ? left : {}
  const b = isMap(right) ? right : {}
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const child = below(schema, key)
    if (child) compareAt(child, a[key], b[key], [...path, `f:${key}`], sets)
  }
}

function compareLists(schema: ListSchema, left: unknown, right: unknown, path: string[], sets: Sets): void {
  const a = indexItems(schema, Array.isArray(left) ? left : [])
  const b = indexItems(schema, Array.isArray(right) ? right : [])
  for (const element of new Set([...a.keys(), ...b.keys()])) {
    const before = a.get(element) ?? []
    const after = b.get(element) ?? []
    const itemPath = [...path, element]
    if (before.length <= 1 && after.length <= 1) {
      compareAt(schema.element, before[0], after[0], itemPath, sets)
    } else if (before.length >= 2 && after.length >= 2) {
      if (!equal(before, after)) sets.modified.insert(itemPath)
    } else if (before.length >= 2) {
      if (after.length > 0) compareAt(schema.element, undefined, after[0], itemPath, sets)
      sets.removed.insert(itemPath)
    } else {
      if (before.length > 0) compareAt(schema.element, before[0], undefined, itemPath, sets)
      sets.added.insert(itemPath)
    }
  }
}

/** The value without the fields of `gone`; undefined when nothing is left. */
export function removeFields(schema: Schema, value: unknown, gone: FieldSet): unknown {
  const form = resolve(schema, value)
  if (form.form === 'scalar') return value
  if (form.form === 'map') return isMap(value) ? removeFromMap(form, value, gone) : undefined
  return Array.isArray(value) ? removeFromList(form, value, gone) : undefined
}

function removeFromMap(schema: MapSchema, value: Record<string, unknown>, gone: FieldSet): unknown {
  if (schema.atomic) return undefined
  const out: Record<string, unknown> = {}
  for (const [key, child] of Object.entries(value)) {
    const element = `f:${key}`
    if (gone.members.has(element)) continue
    const below_ = at(gone, element)
    const childSchema = below(schema, key)
    const kept = isEmpty(below_) || !childSchema ? child : removeFields(childSchema, child, below_)
    out[key] = kept === undefined ? null : kept
  }
  return Object.keys(out).length > 0 ? out : undefined
}

function removeFromList(schema: ListSchema, value: readonly unknown[], gone: FieldSet): unknown {
  if (schema.type === 'atomic') return undefined
  const out: unknown[] = []
  for (const item of value) {
    const element = itemElement(schema, item)
    if (gone.members.has(element)) continue
    const below_ = at(gone, element)
    out.push(isEmpty(below_) ? item : removeFields(schema.element, item, below_))
  }
  return out.length > 0 ? out : undefined
}

/**
 * The set with every declared struct field on the way to a member made a member too, so that set arithmetic also
 * takes the parents along.
 */
export function ensureNamedMembers(schema: Schema, set: FieldSet): FieldSet {
  const members = new Set(set.members)
  const children = new Map<string, FieldSet>()
  for (const [element, child] of set.children) {
    const childSchema = descend(schema, element)
    if (element.startsWith('f:') && schema.form === 'map' && schema.field(element.slice(2)))
      members.add(element)
    children.set(element, ensureNamedMembers(childSchema, child))
  }
  return { members, children }
}

function descend(schema: Schema, element: string): Schema {
  if (schema.form === 'map' && element.startsWith('f:'))
    return below(schema, element.slice(2)) ?? { form: 'any' }
  return schema.form === 'list' ? schema.element : { form: 'any' }
}

/** Checks an applied configuration against its schema; throws the first fault with its path. */
export function validateTyped(schema: Schema, value: unknown, where = ''): void {
  const fault = findFault(schema, value, where)
  if (fault) throw new SchemaError(fault)
}

function findFault(schema: Schema, value: unknown, where: string): string | undefined {
  if (value === null) return undefined
  const form = resolve(schema, value)
  const say = (text: string) => (where ? `${where}: ${text}` : text)
  if (form.form === 'scalar') return scalarFault(form.type, value, say)
  if (form.form === 'map') {
    if (!isMap(value)) return say(`expected map, got ${describe(value)}`)
    for (const [key, child] of Object.entries(value)) {
      const childSchema = below(form, key)
      if (!childSchema && !form.preserveUnknown) return `${where}.${key}: field not declared in schema`
      const fault = childSchema && findFault(childSchema, child, `${where}.${key}`)
      if (fault) return fault
    }
    return undefined
  }
  if (!Array.isArray(value)) return say(`expected list, got ${describe(value)}`)
  return listFault(form, value, where, say)
}

function listFault(
  schema: ListSchema,
  value: readonly unknown[],
  where: string,
  say: (text: string) => string,
): string | undefined {
  const seen = new Set<string>()
  for (const [index, item] of value.entries()) {
    let element = `i:${index}`
    if (schema.type !== 'atomic') {
      try {
        element = itemElement(schema, item)
      } catch (error) {
        return say(`element ${index}: ${(error as Error).message}`)
      }
      if (seen.has(element)) return say(`duplicate entries for key ${printElement(element)}`)
      seen.add(element)
    }
    const fault = findFault(schema.element, item, `${where}${printElement(element)}`)
    if (fault) return fault
  }
  return undefined
}

function scalarFault(type: string, value: unknown, say: (text: string) => string): string | undefined {
  if (type === 'int32' || type === 'int64' || type === 'number') {
    return typeof value === 'number'
      ? undefined
      : say(`expected numeric (int or float), got ${goType(value)}`)
  }
  if (type === 'boolean') {
    return typeof value === 'boolean' ? undefined : say(`expected boolean, got ${describe(value)}`)
  }
  if (type === 'quantity' || type === 'intOrString' || type === 'scalar') {
    return typeof value === 'object' ? say(`expected any scalar, got ${describe(value)}`) : undefined
  }
  return typeof value === 'string' ? undefined : say(`expected string, got ${goValue(value)}`)
}

const goType = (value: unknown): string =>
  typeof value === 'string'
    ? 'string'
    : typeof value === 'boolean'
      ? 'bool'
      : Array.isArray(value)
        ? '[]interface {}'
        : 'map[string]interface {}'
const describe = (value: unknown): string =>
  typeof value === 'string' ? value : `&{${JSON.stringify(value).replaceAll('"', '')}}`
const goValue = (value: unknown): string => `&value.valueUnstructured{Value:${JSON.stringify(value)}}`
