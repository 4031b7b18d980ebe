import { below, isMap, type ListSchema, type MapSchema, resolve, type Schema } from '../schema/schema.ts'
import { indexItems, itemElement } from './element.ts'

/** The live object with an applied configuration laid over it; shares what it does not change. */
export function merge(schema: Schema, live: unknown, config: unknown): unknown {
  if (config === undefined) return live
  if (live === undefined || live === null) return config
  const form = resolve(schema, config === null ? live : config)
  if (form.form === 'map' && !form.atomic && (isMap(config) || config === null) && isMap(live)) {
    return mergeMaps(form, live, isMap(config) ? config : {}, config)
  }
  if (form.form === 'list' && form.type !== 'atomic' && Array.isArray(live)) {
    return mergeLists(form, live, Array.isArray(config) ? config : [], config)
  }
  return config
}

function mergeMaps(
  schema: MapSchema,
  live: Record<string, unknown>,
  config: Record<string, unknown>,
  given: unknown,
): unknown {
  const keys = Object.keys(config)
  if (keys.length === 0 && Object.keys(live).length === 0) return given
  const out: Record<string, unknown> = { ...live }
  for (const key of keys) {
    const child = below(schema, key)
    out[key] = child ? merge(child, live[key], config[key]) : config[key]
  }
  return out
}

/**
 * Keyed lists: items keep the order of the configuration, items only the live list has stay where they were
 * relative to their neighbours (structured-merge-diff, typed/merge.go).
 */
function mergeLists(
  schema: ListSchema,
  live: readonly unknown[],
  config: readonly unknown[],
  given: unknown,
): unknown {
  if (live.length === 0 && config.length === 0) return given
  const configItems = indexItems(schema, config)
  const liveItems = indexItems(schema, live)
  const liveElements = live.map((item) => itemElement(schema, item))
  const configElements = [...configItems.keys()]
  const shared = configElements.filter((element) => liveItems.has(element))
  const out: unknown[] = []
  const merged = new Set<string>()
  const mergeOne = (element: string) => {
    const same = liveItems.get(element)
    // Duplicates of the live list are not merged with, they are replaced.
    const before = same?.length === 1 ? same[0] : undefined
    out.push(merge(schema.element, before, configItems.get(element)?.[0]))
    merged.add(element)
    if (shared[0] === element) shared.shift()
  }
  let l = 0
  let c = 0
  while (l < liveElements.length || c < configElements.length) {
    const element = liveElements[l]
    const wanted = configElements[c]
    if (element !== undefined && wanted !== undefined) {
      if (element === wanted) {
        mergeOne(element)
        l++
        c++
        continue
      }
      if (configItems.has(element) && shared[0] !== undefined && shared[0] !== element) {
        l++
        continue
      }
    }
    if (element !== undefined) {
      if (!configItems.has(element)) {
        out.push(live[l])
        l++
        continue
      }
      if (merged.has(element)) l++
    }
    if (wanted !== undefined) {
      mergeOne(wanted)
      c++
    }
  }
  return out
}
