import { fail, type Place } from '../errors.ts'
import { effectiveNamespace, type Gvk } from '../resources/id.ts'
import type { Resource } from '../resources/resource.ts'
import { compileSelector, type LabelMatcher } from './label-selector.ts'
import { compilePattern, type Pattern } from './pattern.ts'

/** Which objects a patch, a replacement or a transformer is for. Empty parts match anything. */
export interface Selector {
  readonly group?: string
  readonly version?: string
  readonly kind?: string
  readonly name?: string
  readonly namespace?: string
  readonly labelSelector?: string
  readonly annotationSelector?: string
  readonly at?: Place
}

/** A selector whose regular expressions and label expressions are compiled. */
export interface CompiledSelector {
  matchesGvk(gvk: Gvk): boolean
  matchesName(name: string): boolean
  matchesNamespace(namespace: string): boolean
  matchesLabels(resource: Resource): boolean
}

const anything: Pattern = () => true

export function compile(selector: Selector): CompiledSelector {
  const part = (name: 'group' | 'version' | 'kind' | 'name' | 'namespace'): Pattern => {
    const source = selector[name]
    return source === undefined || source === '' ? anything : compilePattern(source, selector.at, name)
  }
  const [group, version, kind, name, namespace] = [
    part('group'),
    part('version'),
    part('kind'),
    part('name'),
    part('namespace'),
  ]
  const labels = labelsOf(selector, 'labelSelector')
  const annotations = labelsOf(selector, 'annotationSelector')
  return {
    matchesGvk: (gvk) => group(gvk.group) && version(gvk.version) && kind(gvk.kind),
    matchesName: name,
    matchesNamespace: namespace,
    matchesLabels: (resource) =>
      (labels === undefined || labels(resource.labels())) &&
      (annotations === undefined || annotations(resource.annotations())),
  }
}

/** Objects that a selector selects; names and namespaces may be the original or the current ones. */
export function select(resources: readonly Resource[], selector: Selector): Resource[] {
  const compiled = compile(selector)
  return resources.filter((resource) => {
    const { id, originalId } = resource
    return (
      (compiled.matchesNamespace(effectiveNamespace(originalId)) ||
        compiled.matchesNamespace(effectiveNamespace(id))) &&
      (compiled.matchesName(originalId.name) || compiled.matchesName(id.name)) &&
      compiled.matchesGvk(id) &&
      compiled.matchesLabels(resource)
    )
  })
}

function labelsOf(
  selector: Selector,
  name: 'labelSelector' | 'annotationSelector',
): LabelMatcher | undefined {
  const source = selector[name]
  if (source === undefined || source === '') return undefined
  try {
    return compileSelector(source)
  } catch (error) {
    return fail(`${(error as Error).message} in "${source}"`, { ...selector.at, field: name }, error)
  }
}
