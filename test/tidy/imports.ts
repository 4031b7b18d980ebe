/** Pure: what a file imports, and which file of ours that is. */
import { posix } from 'node:path'
import type { Manifest } from './repository.ts'

export interface Import {
  specifier: string
  /** Gone at run time. */
  typeOnly: boolean
  line: number
}

const STATEMENT =
  /^[ \t]*(?:import|export)\s+(?<type>type\s)?(?:(?<names>[^'"`;()]*?)\sfrom\s+)?['"](?<specifier>[^'"\n]+)['"]/gm
const DYNAMIC = /\bimport\(\s*['"](?<specifier>[^'"\n]+)['"]\s*\)/g

/** The imports and re-exports of a module, static and dynamic, in the order in which they stand. */
export function importsOf(text: string): Import[] {
  const code = withoutComments(text)
  const found = [...code.matchAll(STATEMENT), ...code.matchAll(DYNAMIC)].sort((a, b) => a.index - b.index)
  return found.map(({ index, groups = {} }) => ({
    specifier: groups.specifier ?? '',
    typeOnly: groups.type !== undefined || allTypes(groups.names ?? ''),
    line: code.slice(0, index).split('\n').length,
  }))
}

/** The text with its comments blanked, line by line where it was. A `//` inside a string is left alone. */
export function withoutComments(text: string): string {
  const blank = (comment: string) => comment.replace(/[^\n]/g, ' ')
  return text.replace(/^\s*\/\*[\s\S]*?\*\//gm, blank).replace(/(^|\s)\/\/[^\n'"`]*$/gm, blank)
}

/** `{ type A, type B }`: nothing of it is left at run time. */
function allTypes(names: string): boolean {
  const braced = /^\{(?<list>[\s\S]*)\}$/.exec(names.trim())?.groups?.list
  const list =
    braced
      ?.split(',')
      .map((name) => name.trim())
      .filter(Boolean) ?? []
  return list.length > 0 && list.every((name) => name.startsWith('type '))
}

/** The path of the file of ours that is imported; undefined for a package of others or of Node. */
export function resolveImport(
  from: string,
  specifier: string,
  packages: readonly Manifest[],
): string | undefined {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier)
  const name = packageName(specifier)
  const owner = packages.find((manifest) => manifest.name === name)
  if (owner === undefined) return undefined
  const entry = owner.exports[`.${specifier.slice(name.length)}`]
  return entry === undefined ? undefined : posix.join(posix.dirname(owner.path), entry)
}

/** `@scope/name/sub/path` → `@scope/name`; undefined paths of Node keep their prefix. */
export function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** A way round a graph, by its nodes, the first repeated at the end; undefined when there is none. */
export function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>()
  const path: string[] = []
  const visit = (node: string): string[] | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node]
    if (done.has(node)) return undefined
    path.push(node)
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next)
      if (cycle !== undefined) return cycle
    }
    path.pop()
    done.add(node)
    return undefined
  }
  for (const node of graph.keys()) {
    const cycle = visit(node)
    if (cycle !== undefined) return cycle
  }
  return undefined
}
