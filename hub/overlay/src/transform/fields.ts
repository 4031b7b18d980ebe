import { isSelected } from '../resources/id.ts'
import type { Resource } from '../resources/resource.ts'
import { placed } from '../resources/resource.ts'
import { type Node, type NodeKind, scalar, tags } from '../yaml/node.ts'
import { setField, setScalar } from '../yaml/set.ts'
import { type FieldSpec, visitFieldSpec } from './field-spec.ts'

/** Where a value that a transformer writes is written in the kustomization. */
export interface At {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** Visits the fields of every spec that is for this kind of object. */
export function visitFields(
  resource: Resource,
  specs: readonly FieldSpec[],
  set: (node: Node) => void,
  createKind?: NodeKind,
): void {
  const { gvk } = resource
  const visit = createKind === undefined ? { set } : { set, createKind }
  for (const spec of specs) {
    if (isSelected(gvk, spec)) visitFieldSpec(resource.node, spec, visit)
  }
}

/**
 * Sets entries in the maps the specs lead to: labels, annotations. The official binary puts one and the
 * same node into all maps of an object that lack the key, so that a later patch of one changes all of
 * them; so do we, to stay equal.
 */
export function setEntries(
  resource: Resource,
  specs: readonly FieldSpec[],
  entries: ReadonlyMap<string, string>,
  at: ReadonlyMap<string, At> | undefined,
): void {
  for (const key of [...entries.keys()].sort()) {
    const node = placed(scalar(entries.get(key)!, tags.string), at?.get(key))
    visitFields(resource, specs, (map) => setField(map, key, node), 'mapping')
  }
}

export function setText(node: Node, value: string, tag: string, at: At | undefined): void {
  setScalar(node, placed(scalar(value, tag), at))
}
