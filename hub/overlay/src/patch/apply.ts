import { fail, type Place, type Problem, problem } from '../errors.ts'
import { strategicMerge } from '../merge/strategic-merge.ts'
import { describeId } from '../resources/id.ts'
import { Resource } from '../resources/resource.ts'
import type { ResourceSet } from '../resources/resource-set.ts'
import type { Schema } from '../schema/schema.ts'
import { fromGoJson } from '../yaml/go-json.ts'
import { toJson } from '../yaml/json.ts'
import { copy, field, isNull, type Node, scalar } from '../yaml/node.ts'
import { setField } from '../yaml/set.ts'
import { applyOperations, type Operation } from './json-patch.ts'
import { type Selector, select } from './selector.ts'

/** A patch whose content has been read. */
export type Patch =
  | {
      readonly type: 'merge'
      readonly patches: readonly Resource[]
      readonly target: Selector | undefined
      readonly at: Place
    }
  | {
      readonly type: 'operations'
      readonly operations: readonly Operation[]
      readonly target: Selector | undefined
      readonly at: Place
    }

/** Applies a patch of the field `patches`. A target that selects nothing is a warning, as no official build fails on it. */
export function applyPatch(resources: ResourceSet, patch: Patch, schema: Schema, warnings: Problem[]): void {
  if (patch.type === 'operations') applyJsonPatch(resources, patch, true, warnings)
  else if (patch.target === undefined) {
    for (const merge of patch.patches) mergeIntoNamed(resources, merge, schema)
  } else mergeIntoSelected(resources, patch.patches, patch.target, patch.at, schema, warnings)
}

/** A strategic merge patch that names its target itself. */
export function mergeIntoNamed(resources: ResourceSet, patch: Resource, schema: Schema): void {
  const target = withPlace(patch, () => resources.demandById(patch.originalId, 'the patch'))
  mergeInto(target, patch, patch.node, schema)
}

function mergeIntoSelected(
  resources: ResourceSet,
  patches: readonly Resource[],
  target: Selector,
  at: Place,
  schema: Schema,
  warnings: Problem[],
): void {
  const [patch, second] = patches
  if (patch === undefined) return
  if (second !== undefined) fail('a patch with a target must be a single document', at)
  const selected = select(resources.all, target)
  if (selected.length === 0)
    warnings.push(problem('the target of the patch selects no object', target.at ?? at))
  for (const resource of selected) {
    const node = copy(patch.node)
    const copied = new Resource(node, schema)
    // The official binary writes these maps of the patch anew, which turns nulls in them into text.
    copied.setLabels(copied.labels())
    copied.setAnnotations(copied.annotations())
    // The patch takes the target's apiVersion, so that a kind other than its own does not bring another schema.
    setField(node, 'apiVersion', scalar(resource.apiVersion))
    mergeInto(resource, patch, node, schema)
  }
  resources.dropDeleted()
  resources.requireUniqueIds('a patch')
}

function mergeInto(target: Resource, patch: Resource, node: Node, schema: Schema): void {
  const { name, namespace, kind } = target
  if (patch.allowNameChange || patch.allowKindChange) target.rememberId()
  const isWiped = wipesAnnotations(node)
  if (isWiped) target.showBuildAnnotations()
  const left = strategicMerge(target.node, node, schema)
  if (left === undefined || target.node.content.length === 0) {
    target.isDeleted = true
    return
  }
  if (isWiped) target.hideBuildAnnotations('recall')
  if (!patch.allowKindChange) setField(target.node, 'kind', scalar(kind))
  if (!patch.allowNameChange) target.setName(name)
  target.setNamespace(namespace)
}

/** Applies RFC 6902 operations to every selected object. */
export function applyJsonPatch(
  resources: ResourceSet,
  patch: Extract<Patch, { type: 'operations' }>,
  remembersIds: boolean,
  warnings: Problem[],
): void {
  if (patch.target === undefined) fail('a JSON patch needs a target', patch.at)
  const selected = select(resources.all, patch.target)
  if (selected.length === 0)
    warnings.push(problem('the target of the patch selects no object', patch.target.at ?? patch.at))
  for (const resource of selected) {
    if (remembersIds) resource.rememberId()
    const isTouched = patch.operations.some(touchesAnnotations)
    if (isTouched) resource.showBuildAnnotations()
    const before = resource.node
    const changed = applyOperations(toJson(before), patch.operations, describeId(resource.id))
    resource.node = fromGoJson(changed, before, patch.operations)
    if (isTouched) resource.hideBuildAnnotations('restore')
    resource.setAnnotations(resource.annotations())
  }
}

function touchesAnnotations({ path, from }: Operation): boolean {
  return [path, from].some(
    (pointer) => pointer === '/metadata' || pointer.startsWith('/metadata/annotations'),
  )
}

/** Does a merge patch empty or replace the annotations of its target? */
function wipesAnnotations(patch: Node): boolean {
  const metadata = field(patch, 'metadata')
  const annotations = field(metadata, 'annotations')
  if (annotations === undefined) return field(metadata, '$patch') !== undefined
  return (
    isNull(annotations) ||
    field(annotations, '$patch') !== undefined ||
    field(metadata, '$patch') !== undefined
  )
}

function withPlace<T>(patch: Resource, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return fail(message, { ...patch.place, field: 'metadata.name' }, error)
  }
}
