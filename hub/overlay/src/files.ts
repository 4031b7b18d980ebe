import { posix } from 'node:path'

/** The files a build reads. Paths are `/`-separated and relative to the root of the tree; the root is `''`. */
export interface FileTree {
  /** The content of a regular file; undefined where there is none. */
  read(path: string): string | Uint8Array | undefined
  /** What a directory holds, in any order; undefined where there is no such directory. */
  list(directory: string): readonly DirectoryEntry[] | undefined
}

export interface DirectoryEntry {
  readonly name: string
  readonly kind: 'file' | 'directory' | 'symlink'
}

/** A file tree over files that are already in memory. */
export function fileTree(files: ReadonlyMap<string, string | Uint8Array>): FileTree {
  const directories = new Map<string, Map<string, DirectoryEntry>>([['', new Map()]])
  const add = (path: string, kind: 'file' | 'directory'): void => {
    const parent = parentOf(path)
    if (parent === undefined) return
    if (!directories.has(parent)) add(parent, 'directory')
    const entries = directories.get(parent) ?? new Map<string, DirectoryEntry>()
    const name = path.slice(parent === '' ? 0 : parent.length + 1)
    if (!entries.has(name)) entries.set(name, { name, kind })
    directories.set(parent, entries)
  }
  const normal = new Map<string, string | Uint8Array>()
  for (const [path, content] of files) {
    const clean = cleanPath(path)
    normal.set(clean, content)
    add(clean, 'file')
  }
  return {
    read: (path) => normal.get(path),
    list: (directory) => {
      const entries = directories.get(directory)
      return entries === undefined ? undefined : [...entries.values()]
    },
  }
}

/** `a/./b/../c` → `a/c`; `.` → `''`. A path that climbs out of the tree keeps its leading `..`. */
export function cleanPath(path: string): string {
  const normal = posix.normalize(path).replace(/\/+$/, '').replace(/^\/+/, '')
  return normal === '.' ? '' : normal
}

/** The path `relative` means when it is written in a file of `directory`; undefined when it leaves the tree. */
export function joinPath(directory: string, relative: string): string | undefined {
  const joined = cleanPath(posix.join(directory === '' ? '.' : directory, relative))
  return joined === '..' || joined.startsWith('../') ? undefined : joined
}

/** Is `path` the directory itself or something below it? */
export function isInside(path: string, directory: string): boolean {
  return directory === '' || path === directory || path.startsWith(`${directory}/`)
}

function parentOf(path: string): string | undefined {
  if (path === '') return undefined
  const parent = posix.dirname(path)
  return parent === '.' ? '' : parent
}
