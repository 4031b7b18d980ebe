import { fail } from '../errors.ts'
import { isSelected } from '../resources/id.ts'
import type { Resource } from '../resources/resource.ts'
import type { ResourceSet } from '../resources/resource-set.ts'
import { placeOf } from '../yaml/json.ts'
import { field, isNull, kindName, type Node, tags, text } from '../yaml/node.ts'
import { fieldOrCreate } from '../yaml/set.ts'
import { type FieldSpec, visitFieldSpec } from './field-spec.ts'
import { type At, setText } from './fields.ts'

/** Which subjects of (Cluster)RoleBindings get the namespace. */
export type SubjectMode = 'defaultOnly' | 'allServiceAccounts' | 'none'

export interface NamespaceOptions {
  readonly namespace: string
  readonly specs: readonly FieldSpec[]
  readonly subjects?: SubjectMode
  /** Leave namespaces that are already set. */
  readonly unsetOnly?: boolean
  readonly at?: At | undefined
}

/**
 * Puts every namespaced object into a namespace; cluster-scoped kinds stay out of it. Beyond
 * `metadata.namespace` it follows the field specs, and the subjects of role bindings.
 */
export function setNamespace(resources: ResourceSet, options: NamespaceOptions): void {
  if (options.namespace === '') return
  for (const resource of resources.all) {
    resource.rememberId()
    apply(resource, options)
  }
  resources.requireUniqueIds(`namespace ${options.namespace}`)
}

function apply(resource: Resource, options: NamespaceOptions): void {
  const set = (node: Node): void => {
    if (options.unsetOnly === true && text(node) !== '') return
    setText(node, options.namespace, tags.string, options.at)
  }
  const { id } = resource
  const isBinding = id.kind === 'RoleBinding' || id.kind === 'ClusterRoleBinding'
  if (!id.isClusterScoped)
    visitFieldSpec(resource.node, { path: 'metadata/namespace', create: true }, { set, createKind: 'scalar' })
  if (isBinding) setSubjects(field(resource.node, 'subjects'), options.subjects ?? 'defaultOnly', set)
  for (const spec of options.specs) {
    if (!isSelected(id, spec) || isHandledElsewhere(spec, resource.apiVersion, isBinding)) continue
    visitFieldSpec(resource.node, spec, { set: (node) => set(requireScalar(node)), createKind: 'scalar' })
  }
}

/** `metadata.namespace` knows scopes; only core Namespaces are renamed; bindings have their own rule. */
function isHandledElsewhere(spec: FieldSpec, apiVersion: string, isBinding: boolean): boolean {
  if (spec.path === 'metadata/namespace') return true
  if (spec.path === 'metadata/name' && apiVersion !== 'v1') return true
  const isBindingSpec = spec.kind === 'RoleBinding' || spec.kind === 'ClusterRoleBinding'
  return isBinding && isBindingSpec && spec.path === 'subjects/namespace'
}

function setSubjects(subjects: Node | undefined, mode: SubjectMode, set: (node: Node) => void): void {
  if (mode === 'none' || subjects === undefined || isNull(subjects)) return
  if (subjects.kind !== 'sequence')
    fail(`subjects must be a list, found ${kindName(subjects)}`, placeOf(subjects))
  for (const subject of subjects.content) {
    const isMeant =
      mode === 'defaultOnly'
        ? text(field(subject, 'name')) === 'default'
        : text(field(subject, 'kind')) === 'ServiceAccount'
    if (isMeant) set(fieldOrCreate(subject, 'namespace', 'scalar'))
  }
}

function requireScalar(node: Node): Node {
  if (node.kind !== 'scalar') fail(`a namespace must be a scalar, found ${kindName(node)}`, placeOf(node))
  return node
}
