import { hash } from 'node:crypto'
import type { DirectoryEntry } from '@roadstead/overlay'
import type { App, FleetTree, Overlay, TreeEntry } from '../source/index.ts'
import type { RenderJob, Wanted } from './job.ts'

/**
 * The files as one overlay sees them: the repository at the head, but the app's base at the pinned commit
 * and without what is about the overlay itself.
 */
export interface OverlayFiles {
  /** Names the content of the app, as this overlay sees it. */
  readonly appKey: string
  /** The content of the whole app and of what else is wanted, with the directories around it. */
  job(directory: string, purpose: RenderJob['purpose'], wanted: Wanted): Promise<RenderJob>
  /** The files directly in a directory. */
  filesIn(directory: string): string[]
  /** What is now at a path: an id that changes with it, or undefined where nothing is. */
  idOf(path: string): string | undefined
  /** Is a path a part of the app, or a directory on the way to it? Then `appKey` covers it. */
  isCovered(path: string): boolean
}

/** What a directory holds, by directory; made once for each tree. */
export type DirectoryIndex = ReadonlyMap<string, readonly DirectoryEntry[]>

export function indexDirectories({ entries }: FleetTree): DirectoryIndex {
  const index = new Map<string, DirectoryEntry[]>([['', []]])
  for (const [path, { kind }] of entries) {
    if (kind === 'directory' && !index.has(path)) index.set(path, [])
    const slash = path.lastIndexOf('/')
    const parent = path.slice(0, Math.max(0, slash))
    const siblings = index.get(parent) ?? []
    // A submodule is a directory that can not be looked into.
    siblings.push({ name: path.slice(slash + 1), kind: kind === 'submodule' ? 'symlink' : kind })
    index.set(parent, siblings)
  }
  return index
}

export interface OverlayTrees {
  readonly head: FleetTree
  readonly headIndex: DirectoryIndex
  readonly pinned?: { readonly tree: FleetTree; readonly index: DirectoryIndex } | undefined
}

export function overlayFiles(
  app: App,
  overlay: Overlay,
  { head, headIndex, pinned }: OverlayTrees,
): OverlayFiles {
  const base = `${app.directory}/base`
  const isBase = (path: string) => path === base || path.startsWith(`${base}/`)
  const hidden = new Set([...overlay.controls, app.file])
  const treeOf = (path: string) => (pinned && isBase(path) ? pinned.tree : head)
  const entry = (path: string): TreeEntry | undefined =>
    hidden.has(path) ? undefined : treeOf(path).entries.get(path)
  const list = (path: string): DirectoryEntry[] | undefined => {
    const found = (pinned && isBase(path) ? pinned.index : headIndex).get(path)
    if (pinned && path === app.directory) {
      // The base is what it is at the pin, also where the head has none any more.
      const others = (found ?? []).filter(({ name }) => name !== 'base')
      return pinned.index.has(base) ? [...others, { name: 'base', kind: 'directory' }] : others
    }
    return found?.filter(({ name }) => !hidden.has(path === '' ? name : `${path}/${name}`))
  }
  const read = async (paths: readonly string[]) => {
    const parts = await Promise.all(
      [...Map.groupBy(paths, treeOf)].map(([tree, wanted]) => tree.read(wanted)),
    )
    return new Map(parts.flatMap((part) => [...part]))
  }
  return {
    appKey: appKey(overlay, list(app.directory) ?? [], (name) => entry(`${app.directory}/${name}`)?.id),
    filesIn: (directory) =>
      (list(directory) ?? []).flatMap(({ name, kind }) => (kind === 'file' ? [`${directory}/${name}`] : [])),
    idOf: (path) => entry(path)?.id,
    isCovered: (path) => path === '' || isAround(path, app.directory) || isAround(app.directory, path),
    async job(directory, purpose, wanted) {
      const appPaths = pathsBelow(app.directory, list)
      const files = appPaths.filter((path) => entry(path)?.kind === 'file')
      const contents = await read([...files, ...wanted.files.filter((path) => entry(path)?.kind === 'file')])
      const missing = wanted.files
        .filter((path) => !contents.has(path))
        .map((path) => [path, undefined] as const)
      const directories = ['', 'apps', app.directory, ...appPaths, ...wanted.directories]
      return {
        purpose,
        directory,
        directories: new Map(directories.map((path) => [path, list(path)])),
        files: new Map<string, Uint8Array | undefined>([...contents, ...missing]),
      }
    },
  }
}

const isAround = (outer: string, inner: string): boolean => inner === outer || inner.startsWith(`${outer}/`)

function pathsBelow(directory: string, list: (path: string) => DirectoryEntry[] | undefined): string[] {
  return (list(directory) ?? []).flatMap(({ name, kind }) => {
    const path = `${directory}/${name}`
    return kind === 'directory' ? [path, ...pathsBelow(path, list)] : [path]
  })
}

/** What `app.yaml` says does not change what an overlay builds, and the base is the one it is pinned to. */
function appKey(
  overlay: Overlay,
  children: readonly DirectoryEntry[],
  idOf: (name: string) => string | undefined,
): string {
  const parts = children.map(({ name }) => `${name} ${idOf(name)}`)
  return hash('sha256', [overlay.directory, ...parts.sort()].join('\n'))
}
