import { type Gvk, isSelected } from '../resources/id.ts'
import type { ResourceSet } from '../resources/resource-set.ts'
import { tags } from '../yaml/node.ts'
import { type FieldSpec, visitFieldSpec } from './field-spec.ts'
import { type At, setText } from './fields.ts'

export type Affix = 'prefix' | 'suffix'

/** Kinds whose names mean something outside the build. */
const exempt: readonly Partial<Gvk>[] = [
  { kind: 'CustomResourceDefinition' },
  { group: 'apiregistration.k8s.io', kind: 'APIService' },
  { kind: 'Namespace' },
]

/** Puts a text before or behind every name (or the fields of `specs`). References follow later. */
export function addAffix(
  resources: ResourceSet,
  affix: Affix,
  added: string,
  specs: readonly FieldSpec[],
  at: At | undefined,
): void {
  for (const resource of resources.all) {
    const { originalId } = resource
    if (exempt.some((kind) => isSelected(originalId, kind))) continue
    for (const spec of specs) {
      if (!isSelected(originalId, spec)) continue
      if (spec.path === 'metadata/name' && added !== '') {
        if (affix === 'prefix') resource.prefixes.push(added)
        else resource.suffixes.push(added)
        resource.rememberId()
      }
      if (!isSelected(resource.gvk, spec)) continue
      visitFieldSpec(resource.node, spec, {
        set: (node) =>
          setText(node, affix === 'prefix' ? added + node.value : node.value + added, tags.none, at),
        createKind: 'scalar',
      })
    }
  }
}
