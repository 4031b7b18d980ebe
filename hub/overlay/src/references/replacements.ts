import { fail, type Place, within } from '../errors.ts'
import { type CompiledSelector, compile, type Selector } from '../patch/selector.ts'
import { effectiveNamespace, isSelected, type ResourceId } from '../resources/id.ts'
import type { Resource } from '../resources/resource.ts'
import type { ResourceSet } from '../resources/resource-set.ts'
import { become, copy, isEmpty, kindName, type Node, scalar, tags } from '../yaml/node.ts'
import { lookup, splitFieldPath } from './field-path.ts'
import { matchPath } from './path-matcher.ts'
import { setInsideText } from './structured-text.ts'

/** Copies a value from one field into others. */
export interface Replacement {
  readonly source: Source | undefined
  readonly sourceValue: string | undefined
  readonly targets: readonly Target[] | undefined
  readonly at: Place
}

export interface FieldOptions {
  readonly delimiter: string
  readonly index: number
  readonly create: boolean
}

export interface Source extends Selector {
  readonly fieldPath: string
  readonly options: FieldOptions | undefined
  readonly at: Place
}

export interface Target {
  readonly select: Selector | undefined
  readonly reject: readonly Selector[]
  readonly fieldPaths: readonly string[]
  readonly options: FieldOptions | undefined
  readonly at: Place
}

export function applyReplacements(resources: ResourceSet, replacements: readonly Replacement[]): void {
  for (const replacement of replacements) within(replacement.at, () => applyOne(resources, replacement))
}

function applyOne(resources: ResourceSet, replacement: Replacement): void {
  const { source, sourceValue: fixed, targets, at } = replacement
  if ((source === undefined && fixed === undefined) || targets === undefined)
    fail('a replacement needs a source and at least one target', at)
  const paths = [source?.fieldPath ?? '', ...targets.flatMap((target) => target.fieldPaths)]
  const touchesAnnotations = paths.some((path) => path === 'metadata' || path === 'metadata.annotations')
  if (touchesAnnotations) for (const resource of resources.all) resource.showBuildAnnotations()
  const value = sourceValue(resources, replacement)
  for (const target of targets) applyToTarget(resources, value, target)
  if (touchesAnnotations) for (const resource of resources.all) resource.hideBuildAnnotations('recall')
}

function sourceValue(resources: ResourceSet, replacement: Replacement): Node {
  const { source, sourceValue: fixed, at } = replacement
  if (fixed !== undefined && source !== undefined)
    fail('a replacement has either source or sourceValue, not both', at)
  if (fixed !== undefined) return scalar(fixed)
  const resource = selectSource(resources, source!)
  const path = source!.fieldPath === '' ? 'metadata.name' : source!.fieldPath
  const node = lookup(resource.node, splitFieldPath(path))
  if (node === undefined || isEmpty(node))
    fail(`${path} of the source is missing or empty`, { ...source!.at, field: 'source.fieldPath' })
  return refine(node, source!)
}

function selectSource(resources: ResourceSet, source: Source): Resource {
  const wanted = (id: ResourceId): boolean =>
    (!source.name || source.name === id.name) &&
    (!source.namespace || namespaceOf(source.namespace) === effectiveNamespace(id)) &&
    isSelected(id, source)
  // Scopes play no part here: the official binary compares the namespaces as they are written.
  const found = resources.all.filter((resource) => resource.allIds.map(withoutScope).some(wanted))
  if (found.length > 1) fail(`the source is ambiguous: it selects ${found.length} objects`, source.at)
  return found[0] ?? fail('the source selects no object', source.at)
}

function withoutScope(id: ResourceId): ResourceId {
  return { ...id, isClusterScoped: false }
}

function namespaceOf(written: string): string {
  return written === '' ? 'default' : written
}

function refine(node: Node, { options, at }: Source): Node {
  if (options === undefined || options.delimiter === '') return node
  if (node.kind !== 'scalar') fail(`a delimiter needs a scalar, found ${kindName(node)}`, at)
  const parts = splitText(node.value, options.delimiter)
  const part = parts[options.index]
  if (part === undefined)
    fail(`index ${options.index} is outside the ${parts.length} parts of "${node.value}"`, at)
  const result = copy(node)
  result.value = part
  return result
}

function applyToTarget(resources: ResourceSet, value: Node, target: Target): void {
  const { select } = target
  if (select === undefined) fail('a target needs select', target.at)
  const selected = compile(select)
  const rejected = target.reject.map((selector) => ({ selector, compiled: compile(selector) }))
  for (const resource of resources.all) {
    const ids = resource.allIds.map(withoutScope)
    if (!selected.matchesLabels(resource)) continue
    if (rejected.some((reject) => isRejected(resource, ids, reject.selector, reject.compiled))) continue
    if (ids.some((id) => matchesId(selected, id))) copyToTarget(resource.node, value, target)
  }
}

function isRejected(
  resource: Resource,
  ids: readonly ResourceId[],
  selector: Selector,
  compiled: CompiledSelector,
): boolean {
  if ((selector.labelSelector || selector.annotationSelector) && compiled.matchesLabels(resource)) return true
  const hasId = selector.group || selector.version || selector.kind || selector.name || selector.namespace
  return Boolean(hasId) && ids.some((id) => matchesId(compiled, id))
}

function matchesId(selector: CompiledSelector, id: ResourceId): boolean {
  return selector.matchesGvk(id) && selector.matchesName(id.name) && selector.matchesNamespace(id.namespace)
}

function copyToTarget(node: Node, value: Node, target: Target): void {
  const paths = target.fieldPaths.length === 0 ? ['metadata.name'] : target.fieldPaths
  for (const fieldPath of paths) {
    const path = splitFieldPath(fieldPath)
    const create = target.options?.create === true ? value.kind : undefined
    const set = (found: Node): void => setValue(found, value, target)
    if (setInsideText(node, path, create, set)) continue
    const found = matchPath(node, path, create)
    if (found.length === 0)
      fail(
        `the target has no field ${fieldPath}${create === undefined ? '; options.create would make it' : ''}`,
        {
          ...target.at,
          field: 'fieldPaths',
        },
      )
    for (const field of found) set(field)
  }
}

/** A scalar keeps its type and style and takes only the text; anything else is replaced as a whole. */
function setValue(target: Node, value: Node, { options, at }: Target): void {
  const copied = copy(value)
  if (options !== undefined && options.delimiter !== '') {
    if (target.kind !== 'scalar') fail(`a delimiter needs a scalar, found ${kindName(target)}`, at)
    const parts = splitText(target.value, options.delimiter)
    const part = value.tag === tags.null ? '' : value.value
    if (options.index < 0) parts.unshift(part)
    else if (options.index >= parts.length) parts.push(part)
    else parts[options.index] = part
    copied.value = parts.join(options.delimiter)
  }
  if (target.kind === 'scalar') {
    target.value = copied.value
    if (value.line > 0) {
      target.file = value.file
      target.line = value.line
      target.column = value.column
    }
  } else become(target, copied)
}

function splitText(text: string, delimiter: string): string[] {
  return text.split(delimiter)
}
