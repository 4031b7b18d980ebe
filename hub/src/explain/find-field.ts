import type { Json, KubernetesObject } from '@roadstead/overlay'
import { RoadsteadError } from '@roadstead/proto'
import {
  elementName,
  elementOf,
  type FieldPath,
  isList,
  isMapping,
  memberOf,
  nameOf,
  wholeObject,
} from '../render/index.ts'
import { nearest } from '../source/definition/index.ts'

/** One step of a path: a key or position as written, or the element with a certain value in one of its fields. */
type Step = { readonly key: string } | { readonly name: string; readonly value: string }

export interface FoundField extends FieldPath {
  readonly value: Json
}

const steps =
  /\.?([^.[\]"=/]+)|\.?\[(\d+)\]|\.?\["((?:[^"\\]|\\.)*)"\]|\.?\[([A-Za-z]+)=([^\]]+)\]|([/=][^.[\]"]*)/y

/**
 * The field of an object that a path means: `spec.replicas`, `spec.containers[0].image`,
 * `spec.containers[name=web].image`, `metadata.labels["example.com/team"]`, or an RFC 6901 pointer. A key with
 * dots may also stand as it is.
 *
 * @throws RoadsteadError `bad-request` for what is no path, `not-found` with what there is instead
 */
export function findField(object: KubernetesObject, path: string): FoundField {
  const parsed = path.startsWith('/') ? pointerSteps(path) : pathSteps(path)
  let at: FoundField = { ...wholeObject, value: object }
  for (let index = 0; index < parsed.length; ) {
    const { field, taken } = follow(at, parsed, index) ?? missing(at, parsed[index]!)
    at = field
    index += taken
  }
  return at
}

/** The field itself, or all below it that hold a value: scalars, and lists and mappings without content. */
export function leavesOf(field: FoundField): FoundField[] {
  const { value } = field
  if (isList(value) && value.length > 0) {
    const name = elementName(value)
    return value.flatMap((element, index) =>
      leavesOf({ ...elementOf(field, value, index, name), value: element }),
    )
  }
  if (isMapping(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([key, member]) =>
      leavesOf({ ...memberOf(field, key), value: member }),
    )
  }
  return [field]
}

const pointerSteps = (pointer: string): Step[] =>
  pointer
    .slice(1)
    .split('/')
    .map((segment) => ({ key: segment.replaceAll('~1', '/').replaceAll('~0', '~') }))

function pathSteps(path: string): Step[] {
  const result: Step[] = []
  steps.lastIndex = 0
  while (steps.lastIndex < path.length) {
    const start = steps.lastIndex
    const match = steps.exec(path)
    if (match === null) {
      const message = `"${path}" is no field: it can not be read from "${path.slice(start)}" on`
      throw new RoadsteadError('bad-request', `${message}; write spec.containers[name=web].image`)
    }
    const [, plain, index, quoted, name, value, rest] = match
    if (name !== undefined && value !== undefined) result.push({ name, value })
    else if (rest !== undefined) joinToLast(result, rest)
    else result.push({ key: plain ?? index ?? unquoted(quoted!) })
  }
  return result
}

/** `example.com/team`: a slash or an equals sign goes on with the key before it. */
function joinToLast(result: Step[], rest: string): void {
  const last = result.pop()
  result.push({ key: `${last !== undefined && 'key' in last ? last.key : ''}${rest}` })
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`))
  } catch {
    return text
  }
}

function follow(
  at: FoundField,
  parsed: readonly Step[],
  from: number,
): { field: FoundField; taken: number } | undefined {
  const step = parsed[from]!
  const { value } = at
  if (isList(value)) {
    const name = elementName(value)
    const index =
      'key' in step
        ? /^\d+$/.test(step.key)
          ? Number(step.key)
          : -1
        : value.findIndex((element) => nameOf(element, step.name) === step.value)
    return index >= 0 && index < value.length
      ? { field: { ...elementOf(at, value, index, name), value: value[index]! }, taken: 1 }
      : undefined
  }
  if (!isMapping(value)) return undefined
  let key = ''
  for (let taken = 1; from + taken <= parsed.length; taken++) {
    const next = parsed[from + taken - 1]!
    if (!('key' in next)) return undefined
    key = taken === 1 ? next.key : `${key}.${next.key}`
    if (Object.hasOwn(value, key)) return { field: { ...memberOf(at, key), value: value[key]! }, taken }
  }
  return undefined
}

const shownNames = 12

function missing(at: FoundField, step: Step): never {
  const wanted = 'key' in step ? step.key : `[${step.name}=${step.value}]`
  const where = at.text === '' ? 'the object' : at.text
  const known = namesIn(at)
  if (known === undefined) {
    throw new RoadsteadError('not-found', `${where} is a value of its own; it has no field ${wanted}`)
  }
  const near = nearest(wanted, known)
  const more = known.length > shownNames ? ', …' : ''
  const hint =
    near.length > 0
      ? `did you mean ${near.join(' or ')}?`
      : known.length === 0
        ? 'it is empty'
        : `it has ${known.slice(0, shownNames).join(', ')}${more}`
  throw new RoadsteadError('not-found', `${where} has no field ${wanted}; ${hint}`)
}

function namesIn({ value }: FoundField): string[] | undefined {
  if (isMapping(value)) return Object.keys(value)
  if (!isList(value)) return undefined
  const name = elementName(value)
  return value.map((element, index) =>
    name === undefined ? `[${index}]` : `[${name}=${nameOf(element, name)}]`,
  )
}
