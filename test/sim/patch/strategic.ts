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
    return ordered(schema, patchList(schema, list, value), patch[`$setElementOrder/${key}`] ?? value, list)
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

/**
 * The order of a merged list (apimachinery strategicpatch, mergeSortedSlice): items named by the patch in its order;
 * the others in theirs, put before a named item only where both were in the list and stood so.
 */
function ordered(
  schema: ListSchema,
  list: readonly unknown[],
  order: unknown,
  before: readonly unknown[],
): unknown[] {
  if (!Array.isArray(order)) return [...list]
  const key = schema.patchKey
  const idOf = (item: unknown) => (key !== undefined && isMap(item) ? item[key] : item)
  const rankIn = (items: readonly unknown[]) => new Map(items.map((item, index) => [idOf(item), index]))
  const wanted = rankIn(order)
  const present = rankIn(before)
  const by = (rank: Map<unknown, number>) => (a: unknown, b: unknown) =>
    (rank.get(idOf(a)) ?? 0) - (rank.get(idOf(b)) ?? 0)
  const named = list.filter((item) => wanted.has(idOf(item))).sort(by(wanted))
  const others = list.filter((item) => !wanted.has(idOf(item))).sort(by(present))
  const out: unknown[] = []
  while (named.length > 0 && others.length > 0) {
    const left = present.get(idOf(named[0]))
    const right = present.get(idOf(others[0]))
    const othersFirst = left !== undefined && right !== undefined && right < left
    out.push((othersFirst ? others : named).shift())
  }
  return [...out, ...named, ...others]
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
