import fs from 'node:fs'
import { type CommitId, RoadsteadError } from '@roadstead/proto'
import isomorphic from 'isomorphic-git'
import type { ObjectReader } from './objects.ts'

/** New contents by path; null removes the file. */
export type Edits = ReadonlyMap<string, string | Uint8Array | null>

export interface Signature {
  readonly name: string
  readonly email: string
  readonly atMs: number
}

export interface NewCommit {
  readonly edits: Edits
  readonly message: string
  readonly author: Signature
  readonly parent: CommitId
}

interface Entry {
  readonly mode: string
  readonly path: string
  readonly oid: string
  readonly type: 'blob' | 'tree' | 'commit'
}

/**
 * Writes the objects of a commit, without a working tree and without moving any branch. What an edit does
 * not touch keeps its id and its mode.
 *
 * @throws RoadsteadError `not-found` for a parent that is no commit here, `invalid-path` for a path that
 *   runs through a file or that no tree can hold
 */
export async function writeCommit(
  gitdir: string,
  objects: ObjectReader,
  { edits, message, author, parent }: NewCommit,
): Promise<CommitId> {
  const root = await objects.read(`${parent}^{tree}`)
  if (root === undefined) throw new RoadsteadError('not-found', `there is no commit ${parent}`)
  const nested = new Map<string, NestedEdits>()
  for (const [path, content] of edits) nest(nested, path, path.split('/'), content)
  const tree = await writeTree({ gitdir, objects }, parseTreeObject(root.content), nested)
  const who = {
    name: author.name,
    email: author.email,
    timestamp: Math.floor(author.atMs / 1_000),
    timezoneOffset: 0,
  }
  const commit = {
    message: `${message.trim()}\n`,
    tree: tree ?? emptyTree,
    parent: [parent],
    author: who,
    committer: who,
  }
  return (await isomorphic.writeCommit({ fs, gitdir, commit })) as CommitId
}

const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'

type NestedEdits = string | Uint8Array | null | Map<string, NestedEdits>

function nest(
  into: Map<string, NestedEdits>,
  path: string,
  [name = '', ...rest]: string[],
  content: string | Uint8Array | null,
): void {
  if (name === '' || name === '.' || name === '..' || name.toLowerCase() === '.git') {
    throw new RoadsteadError('invalid-path', `"${path}" is no path in a repository`)
  }
  if (rest.length === 0) {
    into.set(name, content)
    return
  }
  const below = into.get(name) ?? new Map<string, NestedEdits>()
  if (!(below instanceof Map)) throw new RoadsteadError('invalid-path', `"${path}" runs through a file`)
  into.set(name, below)
  nest(below, path, rest, content)
}

interface Store {
  readonly gitdir: string
  readonly objects: ObjectReader
}

/** The id of the edited tree; undefined when nothing is left in it. */
async function writeTree(
  store: Store,
  before: readonly Entry[],
  edits: ReadonlyMap<string, NestedEdits>,
): Promise<string | undefined> {
  const entries = new Map(before.map((entry) => [entry.path, entry]))
  for (const [path, edit] of edits) {
    const old = entries.get(path)
    entries.delete(path)
    if (edit instanceof Map) {
      const inside = old?.type === 'tree' ? await readTree(store, old.oid) : []
      const oid = await writeTree(store, inside, edit)
      if (oid !== undefined) entries.set(path, { mode: '040000', path, oid, type: 'tree' })
    } else if (edit !== null) {
      const blob = typeof edit === 'string' ? Buffer.from(edit) : edit
      const oid = await isomorphic.writeBlob({ fs, gitdir: store.gitdir, blob })
      entries.set(path, { mode: old?.type === 'blob' ? old.mode : '100644', path, oid, type: 'blob' })
    }
  }
  if (entries.size === 0) return undefined
  return isomorphic.writeTree({ fs, gitdir: store.gitdir, tree: [...entries.values()] })
}

async function readTree({ objects }: Store, id: string): Promise<Entry[]> {
  const object = await objects.read(id)
  if (object?.type !== 'tree')
    throw new RoadsteadError('unavailable', `the repository has lost the tree ${id}`)
  return parseTreeObject(object.content)
}

const idBytes = 20

/** `<mode> <name>\0<20 bytes of id>`, again and again. */
function parseTreeObject(content: Buffer): Entry[] {
  const entries: Entry[] = []
  for (let at = 0; at < content.byteLength; ) {
    const space = content.indexOf(0x20, at)
    const end = content.indexOf(0, space)
    const mode = content.toString('latin1', at, space).padStart(6, '0')
    const type = mode === '040000' ? 'tree' : mode === '160000' ? 'commit' : 'blob'
    const oid = content.toString('hex', end + 1, end + 1 + idBytes)
    entries.push({ mode, path: content.toString('utf8', space + 1, end), oid, type })
    at = end + 1 + idBytes
  }
  return entries
}
