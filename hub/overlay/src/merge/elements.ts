import { fail } from '../errors.ts'
import { placeOf } from '../yaml/json.ts'
import { field, isEmpty, isNull, kindName, type Node, text } from '../yaml/node.ts'

/** Elements of associative lists: found, replaced and removed by the values of their merge keys. */

/**
 * Puts `element` in the place of the elements whose keys have these values, or appends it; without an
 * element, removes them. An empty value matches any element that has the key. Null and empty elements of
 * the list are dropped.
 */
export function setElement(
  list: Node,
  element: Node | undefined,
  keys: readonly string[],
  values: readonly string[],
): void {
  const wantsMapping = keys[0] !== '' && (values[0] ?? '') !== ''
  const kept: Node[] = []
  let isFound = false
  for (const candidate of list.content) {
    if (isNull(candidate) || (candidate.kind === 'mapping' && candidate.content.length === 0)) continue
    if (candidate.kind !== 'mapping' && wantsMapping) {
      kept.push(candidate)
      continue
    }
    if (!hasValues(candidate, keys, values)) {
      if (values.length > 0) kept.push(candidate)
      continue
    }
    isFound = true
    if (element !== undefined) kept.push(element)
  }
  list.content = kept
  if (element !== undefined && !isNull(element) && !isFound) list.content.push(element)
}

function hasValues(candidate: Node, keys: readonly string[], values: readonly string[]): boolean {
  let matched: Node | undefined
  for (let index = 0; index < keys.length; index++) {
    if (index < values.length) matched = matchedField(candidate, keys[index]!, values[index]!)
    if (matched === undefined) return false
  }
  return true
}

function matchedField(candidate: Node, key: string, value: string): Node | undefined {
  if (key === '') {
    if (candidate.kind !== 'scalar')
      fail(`expected a scalar, found ${kindName(candidate)}`, placeOf(candidate))
    return text(candidate) === value ? candidate : undefined
  }
  if (candidate.kind !== 'mapping')
    fail(`expected a mapping with the field "${key}", found ${kindName(candidate)}`, placeOf(candidate))
  const found = field(candidate, key)
  return found !== undefined && (value === '' || found.value === value) ? found : undefined
}

/** The first element whose keys have exactly these values. */
export function findElement(
  list: Node | undefined,
  keys: readonly string[],
  values: readonly string[],
): Node | undefined {
  if (list === undefined || list.kind !== 'sequence') return undefined
  if (keys[0] === undefined || keys[0] === '')
    return list.content.find((item) => item.value === (values[0] ?? ''))
  return list.content.find(
    (item) =>
      item.kind === 'mapping' && keys.every((key, index) => field(item, key)?.value === values[index]),
  )
}

/** The values of the merge keys of every element, `''` where an element lacks one. */
export function keyValues(list: Node, keys: readonly string[]): string[][] {
  return list.content.map((item) =>
    keys.map((key) => {
      const value = field(item, key)
      return value === undefined || isEmpty(value) ? '' : value.value
    }),
  )
}
