/**
 * A set of field paths, as managedFields keeps it (`fieldsV1`): a tree whose edges are path elements in their
 * wire form — `f:<field>`, `k:{"name":"x"}` (an item of a keyed list), `v:"x"` (an item of a set), `i:0`.
 * Immutable: every operation returns a set, often one of its operands.
 */
export interface FieldSet {
  /** Elements that are themselves in the set. */
  readonly members: ReadonlySet<string>
  /** Elements below which something is in the set; never an empty set. */
  readonly children: ReadonlyMap<string, FieldSet>
}

export const EMPTY: FieldSet = { members: new Set(), children: new Map() }

export const isEmpty = (set: FieldSet): boolean => set.members.size === 0 && set.children.size === 0

export const at = (set: FieldSet, element: string): FieldSet => set.children.get(element) ?? EMPTY

/** A set being filled; `done` gives it away. */
export class FieldSetBuilder {
  readonly #members = new Set<string>()
  readonly #children = new Map<string, FieldSetBuilder>()

  insert(path: readonly string[]): void {
    let node: FieldSetBuilder = this
    for (const element of path.slice(0, -1)) node = node.child(element)
    const last = path.at(-1)
    if (last !== undefined) node.#members.add(last)
  }

  child(element: string): FieldSetBuilder {
    const known = this.#children.get(element)
    if (known) return known
    const made = new FieldSetBuilder()
    this.#children.set(element, made)
    return made
  }

  done(): FieldSet {
    const children = new Map<string, FieldSet>()
    for (const [element, child] of this.#children) {
      const set = child.done()
      if (!isEmpty(set)) children.set(element, set)
    }
    return { members: this.#members, children }
  }
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmpty(a)) return b
  if (isEmpty(b)) return a
  const children = new Map(a.children)
  for (const [element, child] of b.children) children.set(element, union(at(a, element), child))
  return { members: a.members.union(b.members), children }
}

/** What is in `a` and not in `b`; a member of `b` does not take what lies below it. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmpty(b)) return a
  return combine(a, a.members.difference(b.members), (element, child) => {
    const other = b.children.get(element)
    return other ? difference(child, other) : child
  })
}

/** As `difference`, but a member of `b` takes everything below it with it. */
export function recursiveDifference(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmpty(b)) return a
  return combine(a, a.members.difference(b.members), (element, child) => {
    if (b.members.has(element)) return EMPTY
    const other = b.children.get(element)
    return other ? recursiveDifference(child, other) : child
  })
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, a.members.intersection(b.members), (element, child) =>
    intersection(child, at(b, element)),
  )
}

function combine(
  set: FieldSet,
  members: ReadonlySet<string>,
  below: (element: string, child: FieldSet) => FieldSet,
): FieldSet {
  const children = new Map<string, FieldSet>()
  for (const [element, child] of set.children) {
    const kept = below(element, child)
    if (!isEmpty(kept)) children.set(element, kept)
  }
  return { members, children }
}

export function equalSets(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true
  if (a.members.size !== b.members.size || a.children.size !== b.children.size) return false
  if (!a.members.isSubsetOf(b.members)) return false
  for (const [element, child] of a.children) {
    const other = b.children.get(element)
    if (!other || !equalSets(child, other)) return false
  }
  return true
}

/** Every path of the set, parents first. */
export function* paths(set: FieldSet, prefix: readonly string[] = []): Generator<readonly string[]> {
  for (const element of sortedElements(set)) {
    if (set.members.has(element)) yield [...prefix, element]
    const child = set.children.get(element)
    if (child) yield* paths(child, [...prefix, element])
  }
}

const RANK: Record<string, number> = { f: 0, k: 1, v: 2, i: 3 }

function sortedElements(set: FieldSet): string[] {
  const all = new Set(set.members)
  for (const element of set.children.keys()) all.add(element)
  return [...all].sort((a, b) => {
    const rank = (RANK[a[0] as string] ?? 9) - (RANK[b[0] as string] ?? 9)
    return rank !== 0 ? rank : a < b ? -1 : 1
  })
}

type FieldsV1 = { [element: string]: FieldsV1 }

/** The wire form, `{"f:spec":{"f:replicas":{}}}`; `.` marks an element that is a member and has children. */
export function toFieldsV1(set: FieldSet): FieldsV1 {
  const out: FieldsV1 = {}
  for (const element of sortedElements(set)) {
    const child = set.children.get(element)
    out[element] = child ? toFieldsV1(child) : {}
    if (child && set.members.has(element)) out[element] = { '.': {}, ...out[element] }
  }
  return out
}

export function fromFieldsV1(fields: unknown): FieldSet {
  const members = new Set<string>()
  const children = new Map<string, FieldSet>()
  for (const [element, below] of Object.entries((fields ?? {}) as Record<string, Record<string, unknown>>)) {
    if (element === '.') continue
    const keys = Object.keys(below ?? {})
    if (keys.length === 0 || keys.includes('.')) members.add(element)
    const child = fromFieldsV1(below)
    if (!isEmpty(child)) children.set(element, child)
  }
  return { members, children }
}

/** `.spec.containers[name="web"].image`: a path as the API server prints it. */
export function printPath(path: readonly string[]): string {
  return path.map(printElement).join('')
}

export function printElement(element: string): string {
  const rest = element.slice(2)
  if (element.startsWith('f:')) return `.${rest}`
  if (element.startsWith('v:')) return `[=${rest}]`
  if (element.startsWith('i:')) return `[${rest}]`
  const keys = Object.entries(JSON.parse(rest) as Record<string, unknown>)
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`
}
