import { fail, type Place } from './errors.ts'
import { type DirectoryEntry, type FileTree, isInside, joinPath } from './files.ts'
import { decodeUtf8 } from './generate/key-values.ts'
import type { OverlayLimits } from './limits.ts'

type Kind = DirectoryEntry['kind'] | 'absent'

/** Reads files for one build: inside the tree, no symbolic links, within the limits. */
export class Loader {
  readonly #files: FileTree
  readonly limits: OverlayLimits
  readonly #listings = new Map<string, ReadonlyMap<string, Kind> | undefined>()
  #bytesRead = 0

  constructor(files: FileTree, limits: OverlayLimits) {
    this.#files = files
    this.limits = limits
  }

  /** What is at a path of the tree. A symbolic link on the way is refused. */
  kindOf(path: string, at: Place = {}): Kind {
    if (path === '') return this.#listing('') === undefined ? 'absent' : 'directory'
    let directory = ''
    let kind: Kind = 'directory'
    for (const name of path.split('/')) {
      if (kind !== 'directory') return 'absent'
      kind = this.#listing(directory)?.get(name) ?? 'absent'
      directory = directory === '' ? name : `${directory}/${name}`
      if (kind === 'symlink') fail(`${directory} is a symbolic link; links are not followed`, at)
    }
    return kind
  }

  /** The names in a directory, sorted. */
  names(directory: string): string[] {
    return [...(this.#listing(directory)?.keys() ?? [])].sort()
  }

  /** The path that `relative` means in `directory`. */
  resolve(directory: string, relative: string, at: Place): string {
    if (relative.startsWith('/'))
      fail(`"${relative}" is an absolute path; use a path relative to this directory`, at)
    return joinPath(directory, relative) ?? fail(`"${relative}" leaves the repository`, at)
  }

  /** A file that a kustomization names; it must be in or below the kustomization's directory. */
  readBytes(directory: string, relative: string, at: Place): Uint8Array {
    const path = this.resolve(directory, relative, at)
    if (!isInside(path, directory))
      fail(
        `"${relative}" is outside ${directory === '' ? 'the root' : directory}; a kustomization reads only files in or below its own directory`,
        at,
      )
    const kind = this.kindOf(path, at)
    if (kind === 'directory') fail(`${path} is a directory; a file is needed here`, at)
    const content = kind === 'file' ? this.#files.read(path) : undefined
    if (content === undefined) fail(`there is no file ${path}`, at)
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    this.#count(path, bytes.length, at)
    return bytes
  }

  readText(directory: string, relative: string, at: Place): { text: string; path: string } {
    const path = this.resolve(directory, relative, at)
    const content =
      isInside(path, directory) && this.kindOf(path, at) === 'file' ? this.#files.read(path) : undefined
    if (typeof content === 'string') {
      this.#count(path, content.length, at)
      return { text: content, path }
    }
    const text = decodeUtf8(this.readBytes(directory, relative, at))
    if (text === undefined) fail(`${path} is not UTF-8 text`, at)
    return { text, path }
  }

  #count(path: string, bytes: number, at: Place): void {
    if (bytes > this.limits.fileBytes)
      fail(`${path} has ${bytes} bytes; the limit is ${this.limits.fileBytes}`, at)
    this.#bytesRead += bytes
    if (this.#bytesRead > this.limits.totalBytes)
      fail(`the build reads more than ${this.limits.totalBytes} bytes`, at)
  }

  #listing(directory: string): ReadonlyMap<string, Kind> | undefined {
    if (!this.#listings.has(directory)) {
      const entries = this.#files.list(directory)
      this.#listings.set(directory, entries && new Map(entries.map(({ name, kind }) => [name, kind])))
    }
    return this.#listings.get(directory)
  }
}
