import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type FleetTree, sourceLimits, type TreeEntry } from '@roadstead/hub/source'
import { type FileTree, fileTree } from '@roadstead/overlay'
import { digestOf } from '@roadstead/proto'
import { exitCodes, Failure } from '../exit.ts'
import { treeAt } from './pinned-tree.ts'

/** A fleet repository as it lies on disk, committed or not. */
export interface WorkingTree {
  /** Absolute, without symbolic links. */
  readonly root: string
  /** For the hub's checks. */
  readonly fleet: FleetTree
  /** The same content for the renderer. */
  readonly files: FileTree
}

/** Beside the repository's content, not part of it. */
const skipped = new Set(['.git', '.roadstead', 'node_modules'])

/** All files together. */
const treeBytes = 512 * 1024 * 1024

/**
 * Reads a whole directory. A file above the hub's limit is listed with its size and not read: the checks
 * refuse it by name.
 *
 * @throws Failure `usage` when it is not a directory, `no` when it is larger than any fleet repository
 */
export function readWorkingTree(directory: string): WorkingTree {
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Failure(exitCodes.usage, `${directory} is not a directory`)
  }
  const root = realpathSync(directory)
  const entries = new Map<string, TreeEntry>()
  const contents = new Map<string, Uint8Array>()
  let bytes = 0

  const add = (path: string, entry: TreeEntry, content?: Uint8Array) => {
    entries.set(path, entry)
    if (content) contents.set(path, content)
    bytes += content?.byteLength ?? 0
    if (entries.size > sourceLimits.entries || bytes > treeBytes) {
      throw new Failure(
        exitCodes.no,
        `${root} has more than ${sourceLimits.entries} entries or ${treeBytes} bytes; it is no fleet repository`,
        { code: 'too-large' },
      )
    }
  }

  /** Names the directory by all that is in it, as Git does, for which one without files is not there. */
  const visit = (directoryPath: string): string | undefined => {
    const members: string[] = []
    for (const entry of readdirSync(join(root, directoryPath), { withFileTypes: true })) {
      if (skipped.has(entry.name)) continue
      const path = directoryPath === '' ? entry.name : `${directoryPath}/${entry.name}`
      if (entry.isSymbolicLink()) add(path, { kind: 'symlink', id: '', bytes: 0 })
      else if (entry.isDirectory()) {
        // In its place before what is in it, as Git lists it.
        add(path, { kind: 'directory', id: '', bytes: 0 })
        const id = visit(path)
        if (id === undefined) {
          entries.delete(path)
          continue
        }
        entries.set(path, { kind: 'directory', id, bytes: 0 })
      } else if (entry.isFile()) {
        const { size } = statSync(join(root, path))
        if (size > sourceLimits.appFileBytes) add(path, { kind: 'file', id: '', bytes: size })
        else {
          const content = readFileSync(join(root, path))
          add(path, { kind: 'file', id: digestOf(content), bytes: content.byteLength }, content)
        }
      }
      members.push(`${entry.name} ${entries.get(path)?.id ?? ''}`)
    }
    return members.length === 0 ? undefined : digestOf(members.sort().join('\n'))
  }

  visit('')
  const fleet: FleetTree = {
    entries,
    read: async (paths) =>
      new Map(paths.flatMap((path) => (contents.has(path) ? [[path, contents.get(path)!]] : []))),
    at: (commit) => treeAt(root, commit),
  }
  return { root, fleet, files: fileTree(contents) }
}
