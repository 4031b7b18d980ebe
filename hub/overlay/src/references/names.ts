import { fail } from '../errors.ts'
import { describeId, effectiveNamespace, type Gvk, isSelected } from '../resources/id.ts'
import { placed, type Resource } from '../resources/resource.ts'
import type { ResourceSet } from '../resources/resource-set.ts'
import { gvkOf, type NameReference } from '../transform/config.ts'
import { type FieldSpec, visitFieldSpec } from '../transform/field-spec.ts'
import { placeOf } from '../yaml/json.ts'
import { field, fieldAt, isNull, kindName, type Node, scalar, text } from '../yaml/node.ts'
import { setField, setScalar } from '../yaml/set.ts'

/** Updates the fields in which objects name other objects, after those have been renamed. */
export function updateNameReferences(resources: ResourceSet, references: readonly NameReference[]): void {
  for (const resource of resources.all) subjectNamespaces(resource)
  const renamed = indexByPreviousName(resources.all)
  if (renamed.size === 0) return
  for (const referrer of resources.all) {
    const kind = referrer.originalId
    const update = new ReferrerUpdate(referrer, renamed)
    for (const reference of references) {
      for (const spec of reference.fieldSpecs) {
        if (isSelected(kind, spec)) update.apply(spec, gvkOf(reference))
      }
    }
  }
}

type NameIndex = ReadonlyMap<string, readonly Resource[]>

function indexByPreviousName(resources: readonly Resource[]): NameIndex {
  const index = new Map<string, Resource[]>()
  for (const resource of resources) {
    for (const name of new Set(resource.previousIds.map((id) => id.name))) {
      const list = index.get(name)
      if (list === undefined) index.set(name, [resource])
      else list.push(resource)
    }
  }
  return index
}

/** The references one object holds. */
class ReferrerUpdate {
  readonly #referrer: Resource
  readonly #renamed: NameIndex
  #subjectNamespaces: ReadonlySet<string> | undefined

  constructor(referrer: Resource, renamed: NameIndex) {
    this.#referrer = referrer
    this.#renamed = renamed
  }

  apply(spec: FieldSpec, target: Gvk): void {
    visitFieldSpec(this.#referrer.node, spec, { set: (node) => this.#set(node, spec, target) })
  }

  #set(node: Node, spec: FieldSpec, target: Gvk): void {
    if (isNull(node)) return
    if (node.kind === 'scalar') this.#setScalar(node, spec, target)
    else if (node.kind === 'mapping') this.#setMapping(node, spec, target)
    else {
      for (const element of node.content) {
        if (isNull(element)) continue
        if (element.kind === 'scalar') this.#setScalar(element, spec, target)
        else if (element.kind === 'mapping') this.#setMapping(element, spec, target)
        else fail(`${spec.path} must hold names, found ${kindName(element)}`, placeOf(element))
      }
    }
  }

  #setScalar(node: Node, spec: FieldSpec, target: Gvk): void {
    const referral = this.#select(node.value, spec, target, () => true, sameName)
    if (referral === undefined || referral.name === node.value) return
    setScalar(node, placed(scalar(referral.name), nameNode(referral)))
  }

  /** A mapping names the object with `name` and perhaps `namespace`; both follow the object. */
  #setMapping(node: Node, spec: FieldSpec, target: Gvk): void {
    const name = field(node, 'name')
    if (name === undefined)
      fail(`${spec.path} of ${describeId(this.#referrer.id)} has no field "name"`, placeOf(node))
    const namespace = field(node, 'namespace')
    const isCandidate = namespace === undefined ? () => true : this.#inNamespace(namespace.value)
    const referral = this.#select(name.value, spec, target, isCandidate, sameNameAndNamespace)
    if (referral === undefined || (referral.name === name.value && referral.namespace === '')) return
    setField(node, 'name', placed(scalar(referral.name), nameNode(referral)))
    if (referral.namespace !== '') {
      const place = fieldAt(referral.node, 'metadata', 'namespace')
      setField(node, 'namespace', placed(scalar(referral.namespace), place))
    }
  }

  /** Objects that were in this namespace, or else those that are in it now. */
  #inNamespace(namespace: string): (candidate: Resource) => boolean {
    const wasIn = (candidate: Resource): boolean => effectiveNamespace(candidate.originalId) === namespace
    for (const list of this.#renamed.values()) {
      if (list.some((candidate) => this.#mayReferTo(candidate) && wasIn(candidate))) return wasIn
    }
    return (candidate) => effectiveNamespace(candidate.id) === namespace
  }

  #select(
    name: string,
    spec: FieldSpec,
    target: Gvk,
    isCandidate: (candidate: Resource) => boolean,
    areAlike: (candidates: readonly Resource[]) => boolean,
  ): Resource | undefined {
    const named = this.#renamed.get(name)
    if (named === undefined) return undefined
    const roleKind = spec.path.endsWith('roleRef/name') ? roleReference(this.#referrer) : undefined
    let candidates = named.filter(
      (candidate) =>
        this.#mayReferTo(candidate) &&
        isCandidate(candidate) &&
        hadKind(candidate, target) &&
        (roleKind === undefined || hadKind(candidate, roleKind)) &&
        this.#sharesNamespace(candidate),
    )
    if (candidates.length === 1) return candidates[0]
    candidates = candidates.filter((candidate) => affixesAgree(candidate, this.#referrer, true))
    if (candidates.length > 1)
      candidates = candidates.filter((candidate) => affixesAgree(candidate, this.#referrer, false))
    if (candidates.length <= 1 || areAlike(candidates)) return candidates[0]
    const found = candidates.map((candidate) => describeId(candidate.id)).join(', ')
    return fail(
      `"${name}" in ${spec.path} of ${describeId(this.#referrer.id)} may mean any of ${found}`,
      this.#referrer.place,
    )
  }

  /** Cluster-scoped objects are everyone's; others can only be named from their namespace, or by a role binding. */
  #mayReferTo(candidate: Resource): boolean {
    const from = this.#referrer.id
    const to = candidate.id
    if (from.isClusterScoped || to.isClusterScoped) return true
    if (effectiveNamespace(from) === effectiveNamespace(to)) return true
    this.#subjectNamespaces ??= subjectNamespaces(this.#referrer)
    return this.#subjectNamespaces.has(candidate.namespace)
  }

  #sharesNamespace(candidate: Resource): boolean {
    const from = this.#referrer.id
    const to = candidate.id
    if (from.isClusterScoped || to.isClusterScoped || candidate.kind === 'ServiceAccount') return true
    return effectiveNamespace(from) === effectiveNamespace(to)
  }
}

function nameNode(resource: Resource): Node | undefined {
  return fieldAt(resource.node, 'metadata', 'name')
}

function hadKind(candidate: Resource, gvk: Partial<Gvk>): boolean {
  return candidate.previousIds.some((id) => isSelected(id, gvk))
}

function roleReference(binding: Resource): Partial<Gvk> | undefined {
  const role = field(binding.node, 'roleRef')
  const group = field(role, 'apiGroup')
  const kind = field(role, 'kind')
  return group === undefined || kind === undefined ? undefined : { group: group.value, kind: kind.value }
}

/** Namespaces of the service accounts that a RoleBinding binds. */
function subjectNamespaces(referrer: Resource): ReadonlySet<string> {
  const result = new Set<string>()
  const subjects = field(referrer.node, 'subjects')
  if (referrer.kind !== 'RoleBinding' || subjects === undefined || subjects.kind !== 'sequence') return result
  for (const subject of subjects.content) {
    const namespace = field(subject, 'namespace')
    if (namespace === undefined || text(field(subject, 'kind')) !== 'ServiceAccount') continue
    if (isNull(namespace))
      fail(`a subject of ${describeId(referrer.id)} has a blank namespace`, placeOf(namespace))
    result.add(namespace.value)
  }
  return result
}

/** Were both renamed in the same layers? The innermost layers decide, as far as both have any. */
function affixesAgree(a: Resource, b: Resource, emptyAgrees: boolean): boolean {
  return listsAgree(a.prefixes, b.prefixes, emptyAgrees) && listsAgree(a.suffixes, b.suffixes, emptyAgrees)
}

function listsAgree(a: readonly string[], b: readonly string[], emptyAgrees: boolean): boolean {
  if (emptyAgrees && (a.length === 0 || b.length === 0)) return true
  const [short, long] = a.length <= b.length ? [a, b] : [b, a]
  if (short.length === 0) return long.length === 0
  const shift = long.length - short.length
  return short.every((text, index) => text === long[index + shift])
}

function sameName(candidates: readonly Resource[]): boolean {
  return candidates.every((candidate) => candidate.name === candidates[0]!.name)
}

function sameNameAndNamespace(candidates: readonly Resource[]): boolean {
  return (
    sameName(candidates) && candidates.every((candidate) => candidate.namespace === candidates[0]!.namespace)
  )
}
