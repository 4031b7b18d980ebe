import { type Selector, select } from '../patch/selector.ts'
import type { ResourceSet } from '../resources/resource-set.ts'
import { splitPath } from '../transform/field-spec.ts'
import { type At, setText } from '../transform/fields.ts'
import { tags } from '../yaml/node.ts'
import { fieldOrCreate } from '../yaml/set.ts'

export interface ValueTarget {
  readonly selector: Selector | undefined
  /** `/`-separated. */
  readonly fieldPath: string
  /** 0 replaces the value; n puts it in as the n-th part of a file path. */
  readonly position: number
}

/** Writes a value into a field of the selected objects, or into a file path that the field holds. */
export function addValue(resources: ResourceSet, target: ValueTarget, value: string, at: At): void {
  const selected = target.selector === undefined ? resources.all : select(resources.all, target.selector)
  const path = splitPath(target.fieldPath, '/')
  for (const resource of selected) {
    if (target.fieldPath === 'metadata/namespace' && resource.id.isClusterScoped) continue
    let node = resource.node
    for (const [index, name] of path.entries())
      node = fieldOrCreate(node, name, index === path.length - 1 ? 'scalar' : 'mapping')
    const text = target.position > 0 ? insertPart(node.value, target.position - 1, value) : value
    setText(node, text, tags.none, at)
  }
}

/** `/a/c` with `b` at 1 is `/a/b/c`; behind the end it is appended. */
export function insertPart(path: string, position: number, part: string): string {
  const isAbsolute = path.startsWith('/')
  const parts = path.split('/').filter((item) => item !== '')
  parts.splice(Math.min(position, parts.length), 0, part)
  return (isAbsolute ? '/' : '') + parts.join('/')
}
