import { digestOf } from '@roadstead/proto'

export type EntryKind = 'file' | 'directory' | 'symlink' | 'submodule'

export interface TreeEntry {
  readonly kind: EntryKind
  /** Names the content: the same id is the same file, or the same directory with all that is in it. */
  readonly id: string
  /** Of a file; 0 for anything else. */
  readonly bytes: number
}

/** The content of a fleet repository at one commit, or of a plain directory. */
export interface FleetTree {
  /** Every path, directories included; `/`-separated, without a leading slash. */
  readonly entries: ReadonlyMap<string, TreeEntry>
  /**
   * The content of the named files; a path that is no file is left out.
   *
   * @throws RoadsteadError `unavailable` when the repository can not be read
   */
  read(paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>
  /** The same repository at another commit, for pins; undefined when that is not in its history. */
  at(commit: string): Promise<FleetTree | undefined>
}

/** A tree over files in memory. Ids are digests, so that they compare as those of Git do. */
export function memoryTree(
  files: ReadonlyMap<string, string | Uint8Array>,
  at: FleetTree['at'] = async () => undefined,
): FleetTree {
  const contents = new Map([...files].map(([path, content]) => [path, Buffer.from(content)]))
  const entries = new Map<string, TreeEntry>()
  const below = new Map<string, string[]>()
  for (const [path, content] of contents) {
    const id = digestOf(content)
    entries.set(path, { kind: 'file', id, bytes: content.byteLength })
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const directory = path.slice(0, end)
      const members = below.get(directory) ?? []
      members.push(`${path.slice(end + 1)} ${id}`)
      below.set(directory, members)
    }
  }
  for (const [path, members] of below) {
    entries.set(path, { kind: 'directory', id: digestOf(members.sort().join('\n')), bytes: 0 })
  }
  return {
    entries,
    read: async (paths) =>
      new Map(paths.flatMap((path) => (contents.has(path) ? [[path, contents.get(path)!]] : []))),
    at,
  }
}
