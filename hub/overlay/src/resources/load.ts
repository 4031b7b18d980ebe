import { fail } from '../errors.ts'
import type { OverlayLimits } from '../limits.ts'
import type { Schema } from '../schema/schema.ts'
import { placeOf } from '../yaml/json.ts'
import { field, isEmpty, isNull, kindName, type Node, text } from '../yaml/node.ts'
import { Resource } from './resource.ts'

/** Turns the documents of a file into objects: checks that each is one, and opens lists of objects. */
export function resourcesFrom(documents: readonly Node[], schema: Schema): Resource[] {
  const queue = documents.length === 1 ? unwrapList(documents[0]!) : [...documents]
  const result: Resource[] = []
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    if (isEmpty(node)) continue
    requireObject(node)
    const items = text(field(node, 'kind')).endsWith('List') ? field(node, 'items') : undefined
    if (items === undefined) result.push(new Resource(node, schema))
    else if (isNull(items)) continue
    else if (items.kind !== 'sequence')
      fail(`items of a list must be a list, found ${kindName(items)}`, placeOf(items))
    else queue.push(...items.content)
  }
  return result
}

/** A file that is one `List` is read as its items. */
function unwrapList(node: Node): Node[] {
  const kind = text(field(node, 'kind'))
  const items = field(node, 'items')
  if (
    (kind === 'List' || kind === 'ResourceList') &&
    (items !== undefined || field(node, 'functionConfig') !== undefined)
  )
    return items === undefined ? [] : [...items.content]
  return [node]
}

function requireObject(node: Node): void {
  if (node.kind !== 'mapping') fail(`expected a Kubernetes object, found ${kindName(node)}`, placeOf(node))
  const kind = text(field(node, 'kind'))
  if (kind === '') fail('the object has no kind', { ...placeOf(node), field: 'kind' })
  if (kind.endsWith('List')) return
  const name = field(field(node, 'metadata'), 'name')
  if (name === undefined || isEmpty(name) || name.value === '')
    fail(`the ${kind} has no metadata.name`, { ...placeOf(node), field: 'metadata.name' })
}

export function requireObjectCount(count: number, limits: OverlayLimits): void {
  if (count > limits.objects) fail(`more than ${limits.objects} objects`)
}
