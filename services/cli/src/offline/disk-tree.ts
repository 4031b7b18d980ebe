import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import type { DirectoryEntry, FileTree } from '@roadstead/overlay'
import { exitCodes, Failure } from '../exit.ts'

/** A directory on disk as the offline verbs see it. */
export interface DiskTree {
  /** Absolute, without symbolic links. */
  readonly root: string
  readonly files: FileTree
}

/** As in the hub: no file that an app is built from is larger. */
const fileBytes = 4 * 1024 * 1024

/** What is never part of a fleet repository's content. */
const skipped = new Set(['.git', 'node_modules'])

/**
 * The files below `root`, read when they are asked for. What lies behind a symbolic link is not there, as
 * in the hub, which refuses links.
 *
 * @throws Failure `usage` when `root` is not a directory
 */
export function diskTree(root: string): DiskTree {
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Failure(exitCodes.usage, `${root} is not a directory`)
  }
  const real = realpathSync(root)
  const place = (path: string): string | undefined => {
    const full = join(real, ...path.split('/'))
    return existsSync(full) && realpathSync(full) === full ? full : undefined
  }
  return {
    root: real,
    files: {
      read(path) {
        const full = place(path)
        return full === undefined || !lstatSync(full).isFile() ? undefined : readFile(full, path)
      },
      list(directory) {
        const full = place(directory)
        if (full === undefined || !lstatSync(full).isDirectory()) return undefined
        return readdirSync(full, { withFileTypes: true }).flatMap((entry) => {
          const kind = entry.isFile()
            ? 'file'
            : entry.isDirectory()
              ? 'directory'
              : entry.isSymbolicLink()
                ? 'symlink'
                : undefined
          return kind === undefined || skipped.has(entry.name)
            ? []
            : [{ name: entry.name, kind } as DirectoryEntry]
        })
      },
    },
  }
}

function readFile(full: string, path: string): Uint8Array {
  const { size } = statSync(full)
  if (size > fileBytes) {
    throw new Failure(exitCodes.no, `${path}: ${size} bytes; the limit is ${fileBytes}`, {
      code: 'too-large',
    })
  }
  return readFileSync(full)
}

/**
 * The directory whose files a build may refer to: the nearest one upward that holds `fleet.yaml` or `.git`,
 * since an overlay names its base by `../../base`. Without either it is the file system, as for kustomize.
 */
export function findRepository(directory: string): string {
  for (let at = resolve(directory); ; at = dirname(at)) {
    if (existsSync(join(at, 'fleet.yaml')) || existsSync(join(at, '.git')) || dirname(at) === at) return at
  }
}

/** A path inside the tree, for a directory given on the command line. */
export function pathInTree(root: string, directory: string): string {
  return relative(root, realpathSync(directory)).split(sep).join('/')
}
