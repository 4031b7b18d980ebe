import { fail, type Place } from '../errors.ts'
import { isSelected } from '../resources/id.ts'
import type { ResourceSet } from '../resources/resource-set.ts'
import { tags } from '../yaml/node.ts'
import { type FieldSpec, visitFieldSpec } from './field-spec.ts'
import { type At, setText } from './fields.ts'

export interface ReplicaCount {
  readonly name: string
  readonly count: string
  readonly at?: At & Place
}

/** Sets the replica count of every object of a known kind that has, or had, this name. */
export function setReplicas(
  resources: ResourceSet,
  replica: ReplicaCount,
  specs: readonly FieldSpec[],
): void {
  let isFound = false
  for (const spec of specs) {
    for (const resource of resources.withAnyId((id) => id.name === replica.name && isSelected(id, spec))) {
      isFound = true
      if (!isSelected(resource.gvk, spec)) continue
      visitFieldSpec(resource.node, spec, {
        set: (node) => setText(node, replica.count, tags.int, replica.at),
        createKind: 'scalar',
      })
    }
  }
  if (isFound) return
  const kinds = specs.map((spec) => spec.kind).join(', ')
  fail(`no object with replicas is called "${replica.name}" (looked for ${kinds})`, replica.at)
}
