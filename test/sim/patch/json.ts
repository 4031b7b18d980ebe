import { equal } from '../apply/equal.ts'
import { isMap } from '../schema/schema.ts'

interface Operation {
  readonly op: string
  readonly path: string
  readonly from?: string
  readonly value?: unknown
}

/** A JSON patch that does not fit the document; the message is the answer's. */
export class JsonPatchError extends Error {
  override readonly name = 'JsonPatchError'
}

/** Operations in one patch, as kube-apiserver limits them. */
const MAX_OPERATIONS = 10_000

/** JSON patch (RFC 6902) on a copy of the document. */
export function jsonPatch(document: unknown, operations: readonly Operation[]): unknown {
  if (operations.length > MAX_OPERATIONS) {
    throw new JsonPatchError(
      `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${operations.length}`,
    )
  }
  let result = structuredClone(document)
  for (const operation of operations) result = applyOperation(result, operation)
  return result
}

function applyOperation(document: unknown, { op, path, from, value }: Operation): unknown {
  switch (op) {
    case 'add':
      return write(document, path, structuredClone(value), 'add')
    case 'replace':
      read(document, path)
      return write(document, path, structuredClone(value), 'replace')
    case 'remove':
      return remove(document, path)
    case 'move': {
      const moved = read(document, from ?? '')
      return write(remove(document, from ?? ''), path, moved, 'add')
    }
    case 'copy':
      return write(document, path, structuredClone(read(document, from ?? '')), 'add')
    case 'test': {
      if (equal(readOrUndefined(document, path) ?? null, value ?? null)) return document
      throw new JsonPatchError(`testing value ${path} failed: test failed`)
    }
    default:
      throw new JsonPatchError(`Unexpected kind: ${op}`)
  }
}

const steps = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))

function readOrUndefined(document: unknown, pointer: string): unknown {
  let value = document
  for (const step of steps(pointer)) {
    if (Array.isArray(value)) value = value[Number(step)]
    else if (isMap(value)) value = value[step]
    else return undefined
  }
  return value
}

function read(document: unknown, pointer: string): unknown {
  const value = readOrUndefined(document, pointer)
  if (value === undefined) throw missing(pointer)
  return value
}

const missing = (pointer: string) =>
  new JsonPatchError(`replace operation does not apply: doc is missing key: ${pointer}: missing value`)

function parentOf(document: unknown, pointer: string): { parent: unknown; last: string } {
  const path = steps(pointer)
  const last = path.at(-1) ?? ''
  const parent = readOrUndefined(document, pointer.slice(0, pointer.lastIndexOf('/')))
  if (!isMap(parent) && !Array.isArray(parent)) {
    throw new JsonPatchError(`add operation does not apply: doc is missing path: "${pointer}": missing value`)
  }
  return { parent, last }
}

function write(document: unknown, pointer: string, value: unknown, how: 'add' | 'replace'): unknown {
  if (pointer === '') return value
  const { parent, last } = parentOf(document, pointer)
  if (Array.isArray(parent)) {
    const index = last === '-' ? parent.length : Number(last)
    if (!Number.isInteger(index) || index < 0 || index > parent.length) {
      throw new JsonPatchError(`add operation does not apply: index out of range: ${last}`)
    }
    parent.splice(index, how === 'replace' ? 1 : 0, value)
  } else if (isMap(parent)) parent[last] = value
  return document
}

function remove(document: unknown, pointer: string): unknown {
  if (readOrUndefined(document, pointer) === undefined) {
    throw new JsonPatchError(`remove operation does not apply: doc is missing key: ${pointer}: missing value`)
  }
  const { parent, last } = parentOf(document, pointer)
  if (Array.isArray(parent)) parent.splice(Number(last), 1)
  else if (isMap(parent)) delete parent[last]
  return document
}
