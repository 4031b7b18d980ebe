import { mkdirSync } from 'node:fs'
import { type CommitId, parseCommitId, RoadsteadError } from '@roadstead/proto'
import { sourceLimits } from '../limits.ts'
import type { FleetTree, TreeEntry } from '../tree.ts'
import { type Ancestry, createAncestry } from './ancestry.ts'
import { type BlobCache, blobCache } from './blob-cache.ts'
import { type Git, type GitOptions, type ObjectEnvironment, openGit } from './command.ts'
import { type CommitDetails, parseCommit } from './commit-details.ts'
import { type ObjectReader, objectReader } from './objects.ts'

/** What can be read of the repository, with or without the objects of a push that is under way. */
export interface RepositoryView extends Disposable {
  /** Undefined for what is no commit here. */
  commit(id: CommitId): Promise<CommitDetails | undefined>
  tree(id: CommitId): Promise<FleetTree | undefined>
  isAncestor(ancestor: CommitId, descendant: CommitId): Promise<boolean>
}

export interface Repository extends RepositoryView {
  readonly git: Git
  /** The branch that counts, in full: `refs/heads/main`. */
  readonly ref: string
  head(): Promise<CommitId | undefined>
  /** Sees the objects of a push as well; to be disposed of with it. */
  quarantine(environment: ObjectEnvironment): RepositoryView
}

/**
 * Opens the hub's bare repository, and makes it first where there is none. Settings are written anew each
 * time, so that a changed limit also holds for a repository that exists.
 */
export async function openRepository(options: GitOptions & { branch: string }): Promise<Repository> {
  const { directory, branch } = options
  mkdirSync(directory, { recursive: true })
  const git = openGit(options)
  const ref = `refs/heads/${branch}`
  await git.output({ args: ['init', '--quiet', '--bare', `--initial-branch=${branch}`, directory] })
  await git.output({ args: ['symbolic-ref', 'HEAD', ref] })
  for (const [name, value] of Object.entries(settings)) {
    await git.output({ args: ['config', name, value] })
  }
  const shared: Shared = { git, cache: blobCache(sourceLimits.blobCacheBytes), ancestry: createAncestry(git) }
  const view = repositoryView(shared, {})
  return {
    ...view,
    git,
    ref,
    head: async () => {
      const { code, stdout } = await git.run({ args: ['rev-parse', '--verify', '--quiet', ref] })
      return code === 0 ? parseCommitId(stdout.toString('latin1').trim()) : undefined
    },
    quarantine: (environment) => repositoryView(shared, environment),
  }
}

const settings = {
  'http.receivepack': 'true',
  'http.getanyfile': 'false',
  'receive.denyNonFastForwards': 'true',
  'receive.denyDeletes': 'true',
  'receive.fsckObjects': 'true',
  'receive.maxInputSize': String(sourceLimits.pushBytes),
  'transfer.hideRefs': 'refs/roadstead',
  // Objects that nothing refers to any more may still be the ones a pin names in a commit being written.
  'gc.pruneExpire': '2.weeks.ago',
}

interface Shared {
  readonly git: Git
  readonly cache: BlobCache
  readonly ancestry: Ancestry
}

const recentTrees = 8

function repositoryView({ git, cache, ancestry }: Shared, environment: ObjectEnvironment): RepositoryView {
  const objects = objectReader(git, environment)
  const trees = new Map<CommitId, FleetTree>()

  const isAncestor = (ancestor: CommitId, descendant: CommitId) =>
    ancestry.isAncestor(ancestor, descendant, environment)

  const tree = async (id: CommitId): Promise<FleetTree | undefined> => {
    const known = trees.get(id)
    if (known) return known
    const args = ['ls-tree', '-r', '-t', '-z', '--long', '--full-tree', id]
    const { code, stdout } = await git.run({ args, environment })
    if (code !== 0) return undefined
    const entries = parseTree(stdout)
    const found: FleetTree = {
      entries,
      read: (paths) => readFiles(objects, cache, entries, paths),
      at: async (commit) => {
        const pinned = parseCommitId(commit)
        return pinned !== undefined && (await isAncestor(pinned, id)) ? tree(pinned) : undefined
      },
    }
    trees.set(id, found)
    if (trees.size > recentTrees) trees.delete(trees.keys().next().value!)
    return found
  }

  return {
    commit: async (id) => {
      const object = await objects.read(id)
      return object?.type === 'commit' ? parseCommit(id, object.content) : undefined
    },
    tree,
    isAncestor,
    [Symbol.dispose]: () => objects[Symbol.dispose](),
  }
}

const kindOfMode = new Map<string, TreeEntry['kind']>([
  ['040000', 'directory'],
  ['120000', 'symlink'],
  ['160000', 'submodule'],
])

/** The output of `ls-tree -r -t -z --long`: `<mode> <type> <id> <size>\t<path>\0`. */
export function parseTree(output: Buffer): Map<string, TreeEntry> {
  const entries = new Map<string, TreeEntry>()
  for (const line of output.toString('utf8').split('\0')) {
    const tab = line.indexOf('\t')
    if (tab < 0) continue
    const [mode = '', , id = '', size] = line.slice(0, tab).split(/ +/)
    const bytes = size === undefined || size === '-' ? 0 : Number(size)
    entries.set(line.slice(tab + 1), { kind: kindOfMode.get(mode) ?? 'file', id, bytes })
  }
  return entries
}

async function readFiles(
  objects: ObjectReader,
  cache: BlobCache,
  entries: FleetTree['entries'],
  paths: readonly string[],
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  await Promise.all(
    paths.map(async (path) => {
      const entry = entries.get(path)
      if (entry?.kind !== 'file') return
      // Takes its place now: the answer's order is that of the question.
      files.set(path, new Uint8Array())
      files.set(path, cache.get(entry.id) ?? (await readBlob(objects, cache, entry.id, path)))
    }),
  )
  return files
}

async function readBlob(
  objects: ObjectReader,
  cache: BlobCache,
  id: string,
  path: string,
): Promise<Uint8Array> {
  const object = await objects.read(id)
  if (object === undefined) {
    throw new RoadsteadError('unavailable', `the repository has lost the content of ${path} (${id})`)
  }
  cache.set(id, object.content)
  return object.content
}
