import {
  below,
  isMap,
  type Json,
  type ListSchema,
  type MapSchema,
  resolve,
  type Schema,
} from '../schema/schema.ts'

/** A strategic merge patch that cannot be applied; the message is the answer's. */
export class StrategicPatchError extends Error {
  override readonly name = 'StrategicPatchError'
}

/**
 * Strategic merge patch: maps merge, lists merge by their patch key where the type says so, and the directives
 * `$patch: replace|delete|merge`, `$retainKeys`, `$deleteFromPrimitiveList/…` and `$setElementOrder/…` are obeyed.
 */
export function strategicPatch(schema: Schema, target: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch
  const form = resolve(schema, patch)
  if (form.form !== 'map') return patch
  return patchMap(form, isMap(target) ? target : {}, patch)
}

function patchMap(schema: MapSchema, target: Json, patch: Json): Json {
  const { $patch: directive, $retainKeys: retain, ...rest } = patch
  if (directive === 'replace') return withoutDirectives(rest)
  if (directive === 'delete') return {}
  const out: Json = {}
  const kept = Array.isArray(retain) ? new Set(retain) : undefined
  for (const [key, value] of Object.entries(target)) if (!kept || kept.has(key)) out[key] = value
  for (const [key, value] of Object.entries(rest)) {
    const directiveOn = /^\$(setElementOrder|deleteFromPrimitiveList)\/(.*)$/.exec(key)
    if (directiveOn) continue
    if (value === null) delete out[key]
    else out[key] = patchField(below(schema, key), out[key], value, patch, key)
  }
  deletePrimitives(out, patch)
  reorderUntouched(schema, out, patch)
  return out
}

function patchField(
  schema: Schema | undefined,
  target: unknown,
  value: unknown,
  patch: Json,
  key: string,
): unknown {
  if (schema?.form === 'list' && schema.patchMerge && Array.isArray(value)) {
    const list = Array.isArray(target) ? target : []
    return ordered(schema, patchList(schema, list, value), patch[`$setElementOrder/${key}`], list)
  }
  if (isMap(value)) return strategicPatch(schema ?? { form: 'any' }, target, value)
  return value
}

function patchList(schema: ListSchema, target: readonly unknown[], patch: readonly unknown[]): unknown[] {
  const key = schema.patchKey
  if (key === undefined) return [...new Set([...target, ...patch])]
  if (patch.some((item) => isMap(item) && item.$patch === 'replace')) {
    return patch.filter((item) => !(isMap(item) && item.$patch === 'replace'))
  }
  let out = [...target]
  for (const item of patch) {
    if (!isMap(item)) throw new StrategicPatchError(`expected an object in a list merged by ${key}`)
    const id = item[key]
    if (id === undefined)
      throw new StrategicPatchError(
        `map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`,
      )
    const matches = (one: unknown) => isMap(one) && one[key] === id
    if (item.$patch === 'delete') {
      out = out.filter((one) => !matches(one))
      continue
    }
    const index = out.findIndex(matches)
    if (index < 0) out.push(strategicPatch(schema.element, {}, item))
    else out[index] = strategicPatch(schema.element, out[index], item)
  }
  return out
}

/** `$setElementOrder`: named items in that order; others stay behind the neighbour they had. */
function ordered(schema: ListSchema, list: unknown[], order: unknown, before: readonly unknown[]): unknown[] {
  if (!Array.isArray(order)) return list
  const key = schema.patchKey
  const idOf = (item: unknown) => (key !== undefined && isMap(item) ? item[key] : item)
  const rank = new Map(order.map((item, index) => [idOf(item), index]))
  const named = list.filter((item) => rank.has(idOf(item)))
  named.sort((a, b) => (rank.get(idOf(a)) ?? 0) - (rank.get(idOf(b)) ?? 0))
  const out: unknown[] = [...named]
  for (const item of list.filter((one) => !rank.has(idOf(one)))) {
    const position = before.findIndex((one) => idOf(one) === idOf(item))
    const previous = position > 0 ? idOf(before[position - 1]) : undefined
    const at = previous === undefined ? -1 : out.findIndex((one) => idOf(one) === previous)
    if (position === 0) out.unshift(item)
    else out.splice(at < 0 ? out.length : at + 1, 0, item)
  }
  return out
}

/** An order may be set for a list that the patch does not otherwise touch. */
function reorderUntouched(schema: MapSchema, out: Json, patch: Json): void {
  for (const [key, order] of Object.entries(patch)) {
    const field = /^\$setElementOrder\/(.*)$/.exec(key)?.[1]
    if (field === undefined || patch[field] !== undefined) continue
    const list = out[field]
    const fieldSchema = below(schema, field)
    if (Array.isArray(list) && fieldSchema?.form === 'list')
      out[field] = ordered(fieldSchema, list, order, list)
  }
}

function deletePrimitives(out: Json, patch: Json): void {
  for (const [key, value] of Object.entries(patch)) {
    const field = /^\$deleteFromPrimitiveList\/(.*)$/.exec(key)?.[1]
    const list = field === undefined ? undefined : out[field]
    if (field !== undefined && Array.isArray(list) && Array.isArray(value)) {
      out[field] = list.filter((item) => !value.includes(item))
    }
  }
}

function withoutDirectives(value: Json): Json {
  return Object.fromEntries(
    Object.entries(value).filter(([key, child]) => !key.startsWith('$') && child !== null),
  )
}
