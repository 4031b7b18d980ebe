import { type Clock, type CommitId, RoadsteadError } from '@roadstead/proto'
import { attributes, type Telemetry } from '../telemetry/index.ts'
import { type Blamed, type BlameRequest, blame } from './git/blame.ts'
import type { CommitDetails } from './git/commit-details.ts'
import { type Edits, writeCommit } from './git/commit-writer.ts'
import { type Follower, fetchRemote, follow, pushRemote, type Remote } from './git/follow.ts'
import { type GitHttpHandler, gitHttpHandler } from './git/http.ts'
import { objectReader } from './git/objects.ts'
import { openPushGate, type PushGate } from './git/push-gate.ts'
import { openRepository, type Repository } from './git/repository.ts'
import { sourceLimits } from './limits.ts'
import type { FleetProblem } from './problem.ts'
import { type CommitGate, decidePush, type PushContext } from './push.ts'
import type { FleetTree } from './tree.ts'

export interface SourceOptions {
  /** The hub's bare repository; made where there is none. */
  readonly directory: string
  readonly branch: string
  readonly remote?: Remote | undefined
  /** Where `git` is looked for, as in `PATH`. */
  readonly searchPath: string
}

export interface SourceEdges {
  readonly telemetry: Telemetry
  readonly clock: Clock
  readonly random: () => number
  readonly gate: CommitGate
}

/** The newest commit of the branch that counts. */
export interface Head {
  readonly commit: CommitDetails
  readonly tree: FleetTree
  /** Of the push or the fetch that brought it, where this process saw it. */
  readonly traceparent?: string | undefined
}

export interface CommitRequest {
  readonly edits: Edits
  readonly message: string
  readonly author: { readonly name: string; readonly email: string }
  /** The head the edits were made for. */
  readonly expectedHead: CommitId
}

export type CommitResult =
  | { readonly accepted: true; readonly commit: CommitId }
  | { readonly accepted: false; readonly problems: readonly FleetProblem[] }

export interface Source {
  /** Answers Git's smart HTTP below `…/fleet.git/`; whoever mounts it has checked the user. */
  readonly handle: GitHttpHandler
  /** @throws RoadsteadError `unavailable` */
  head(): Promise<Head | undefined>
  /** A commit of the repository, whether it is the head or not. */
  read(id: CommitId): Promise<Head | undefined>
  /**
   * Who wrote some lines of a file at a commit.
   *
   * @throws RoadsteadError `unavailable` when Git can not tell, or not in time
   */
  blame(request: BlameRequest & { readonly commit: CommitId }): Promise<Blamed>
  /** Calls back when the head may have moved; returns what ends that. */
  onHead(listener: () => void): () => void
  /** Asks the remote now; without one there is nothing to ask. */
  poke(): void
  /**
   * Makes a commit on the head, checked as a push is.
   *
   * @throws RoadsteadError `conflict` when the head is not `expectedHead` (any more): look again, retry
   */
  commitFiles(request: CommitRequest): Promise<CommitResult>
  close(): Promise<void>
}

export async function createSource(options: SourceOptions, edges: SourceEdges): Promise<Source> {
  const repository = await openRepository(options)
  const tracker = headTracker()
  const pushes = await openPushGate<PushContext>(options.directory, (push) =>
    decidePush({ ...edges, repository, accepted: tracker.arrived }, push),
  )
  const follower = options.remote && startFollower(repository, options.remote, edges, tracker)
  const read = async (id: CommitId): Promise<Head | undefined> => {
    const [commit, tree] = await Promise.all([repository.commit(id), repository.tree(id)])
    return commit && tree && { commit, tree, traceparent: tracker.traceparentOf(id) }
  }
  return {
    handle: gitHttpHandler({
      git: repository.git,
      refusePush:
        options.remote && 'This hub follows another repository. Push there; it comes here by itself.',
      push: ({ user, traceparent }) => announce(pushes, { user, traceparent }, tracker),
    }),
    async head() {
      const id = await repository.head()
      return id && read(id)
    },
    read,
    blame: (request) =>
      blame((args) => repository.git.run({ args, timeoutMs: sourceLimits.blameMs }), request),
    onHead: tracker.onHead,
    poke: () => follower?.poke(),
    commitFiles: (request) => commitFiles({ repository, edges, tracker, remote: options.remote }, request),
    async close() {
      await follower?.close()
      await pushes.close()
      repository[Symbol.dispose]()
    },
  }
}

interface HeadTracker {
  arrived(commit: CommitId, traceparent: string): void
  traceparentOf(commit: CommitId): string | undefined
  moved(): void
  onHead(listener: () => void): () => void
}

const rememberedTraces = 100

function headTracker(): HeadTracker {
  const traces = new Map<CommitId, string>()
  const listeners = new Set<() => void>()
  return {
    arrived(commit, traceparent) {
      traces.set(commit, traceparent)
      if (traces.size > rememberedTraces) traces.delete(traces.keys().next().value!)
    },
    traceparentOf: (commit) => traces.get(commit),
    moved: () => {
      for (const listener of listeners) listener()
    },
    onHead(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** The branch moves after the hook has agreed; that it did is known for sure when Git has ended. */
function announce(pushes: PushGate<PushContext>, context: PushContext, tracker: HeadTracker) {
  const { variables, forget } = pushes.announce(context)
  return {
    variables,
    ended() {
      forget()
      tracker.moved()
    },
  }
}

function startFollower(
  repository: Repository,
  remote: Remote,
  { telemetry, random }: SourceEdges,
  tracker: HeadTracker,
): Follower {
  let last: CommitId | undefined
  return follow({
    pollMs: remote.pollMs,
    random,
    failed: (error) => telemetry.logger.warn({ err: error }, 'the Git remote could not be fetched'),
    async fetch() {
      last ??= await repository.head()
      await fetchRemote(repository, remote)
      const head = await repository.head()
      if (head === undefined || head === last) return
      last = head
      await telemetry.span('source.fetch', { attributes: { [attributes.commit]: head } }, async (span) =>
        tracker.arrived(head, span.traceparent),
      )
      tracker.moved()
    },
  })
}

interface CommitEdges {
  readonly repository: Repository
  readonly edges: SourceEdges
  readonly tracker: HeadTracker
  readonly remote: Remote | undefined
}

async function commitFiles(
  { repository, edges, tracker, remote }: CommitEdges,
  { edits, message, author, expectedHead }: CommitRequest,
): Promise<CommitResult> {
  const { git, ref } = repository
  if ((await repository.head()) !== expectedHead) throw movedOn(expectedHead)
  return edges.telemetry.span('source.commit', {}, async (span) => {
    using objects = objectReader(git)
    const signature = { ...author, atMs: edges.clock.now() }
    const id = await writeCommit(git.directory, objects, {
      edits,
      message,
      author: signature,
      parent: expectedHead,
    })
    const [commit, tree, previousTree] = await Promise.all([
      repository.commit(id),
      repository.tree(id),
      repository.tree(expectedHead),
    ])
    if (!commit || !tree || !previousTree)
      throw new RoadsteadError('unavailable', `the commit ${id} can not be read back`)
    const previous = { commit: expectedHead, tree: previousTree }
    const { problems } = await edges.gate.check({ commit, tree, previous })
    if (problems.length > 0) return { accepted: false, problems }
    if (remote) await pushRemote(repository, remote, id)
    tracker.arrived(id, span.traceparent)
    const { code } = await git.run({ args: ['update-ref', ref, id, expectedHead] })
    // With a remote, a fetch may have moved the branch to our commit, or past it, in the meantime.
    if (code !== 0 && !remote) throw movedOn(expectedHead)
    tracker.moved()
    return { accepted: true, commit: id }
  })
}

const movedOn = (expected: CommitId) =>
  new RoadsteadError('conflict', `the branch is not at ${expected} any more; look again`, { retry: 'retry' })
