import { type CommitId, messageOf, parseCommitId } from '@roadstead/proto'
import { attributes, type Telemetry } from '../telemetry/index.ts'
import type { CommitDetails } from './git/commit-details.ts'
import type { Push, PushAnswer, RefUpdate } from './git/push-gate.ts'
import type { Repository, RepositoryView } from './git/repository.ts'
import type { FleetProblem } from './problem.ts'
import { acceptanceText, rejectionText, short } from './push-text.ts'
import type { FleetTree } from './tree.ts'

/** A commit on its way to become the head. */
export interface Candidate {
  readonly commit: CommitDetails
  readonly tree: FleetTree
  /** The head it would replace. */
  readonly previous?: { readonly commit: CommitId; readonly tree: FleetTree } | undefined
}

export interface Verdict {
  /** Not empty: the commit is refused. */
  readonly problems: readonly FleetProblem[]
  /** What an accepted commit means, in a few words. */
  readonly summary: string
}

/** What the stages after this one say of a commit before it becomes the head. */
export interface CommitGate {
  check(candidate: Candidate): Promise<Verdict>
  /** Remembers a refused commit, so that the API can show what was wrong with it. */
  refused(refusal: Refusal): Promise<void>
}

export interface Refusal {
  readonly commit: CommitDetails
  readonly problems: readonly FleetProblem[]
  readonly user: string
  readonly traceparent: string
}

export interface PushContext {
  readonly user: string
  readonly traceparent: string | undefined
}

interface Edges {
  readonly repository: Repository
  readonly gate: CommitGate
  readonly telemetry: Telemetry
  /** Told of every commit that is about to become the head. */
  readonly accepted: (commit: CommitId, traceparent: string) => void
}

/** Decides a push while Git waits. What can not be decided is refused: the client pushes again. */
export async function decidePush(edges: Edges, push: Push<PushContext>): Promise<PushAnswer> {
  const { repository, telemetry } = edges
  const { user, traceparent: parent } = push.context
  const update = push.updates.find(({ ref }) => ref === repository.ref)
  const stray = push.updates.find(({ ref }) => !/^refs\/(heads|tags)\//.test(ref))
  if (stray) return { accepted: false, text: `${stray.ref} is neither a branch nor a tag; it was not pushed` }
  if (!update)
    return { accepted: true, text: `Only ${repository.ref} changes clusters; nothing else happens` }
  try {
    return await telemetry.span('source.push', { parent }, async (span) => {
      span.set({ [attributes.commit]: update.to })
      using view = repository.quarantine(push.environment)
      const answer = await decideUpdate(edges, view, update, user, span.traceparent)
      span.set({ [attributes.outcome]: answer.accepted ? 'accepted' : 'rejected' })
      return answer
    })
  } catch (error) {
    telemetry.logger.error({ err: error, [attributes.commit]: update.to }, 'a push could not be checked')
    return {
      accepted: false,
      text: `The hub could not check this push: ${messageOf(error)}\nNothing was changed; push again.`,
    }
  }
}

async function decideUpdate(
  { repository, gate, accepted }: Edges,
  view: RepositoryView,
  { from, to, ref }: RefUpdate,
  user: string,
  traceparent: string,
): Promise<PushAnswer> {
  const [before, after] = [existing(from), existing(to)]
  if (after === undefined)
    return { accepted: false, text: `${ref} can not be deleted: it says what clusters run` }
  const [commit, tree] = await Promise.all([view.commit(after), view.tree(after)])
  if (!commit || !tree) return { accepted: false, text: `${short(to)} is not a commit` }
  const reject = async (problems: readonly FleetProblem[]): Promise<PushAnswer> => {
    await gate.refused({ commit, problems, user, traceparent })
    return { accepted: false, text: rejectionText(after, problems, before) }
  }
  if (before !== undefined && !(await view.isAncestor(before, after))) {
    return reject([nonFastForward(ref, before, after)])
  }
  const previousTree = before && (await repository.tree(before))
  const previous = before && previousTree ? { commit: before, tree: previousTree } : undefined
  const { problems, summary } = await gate.check({ commit, tree, previous })
  if (problems.length > 0) return reject(problems)
  accepted(after, traceparent)
  return { accepted: true, text: acceptanceText(after, summary) }
}

const existing = (id: string): CommitId | undefined => (/^0+$/.test(id) ? undefined : parseCommitId(id))

const nonFastForward = (ref: string, before: CommitId, after: CommitId): FleetProblem => ({
  code: 'non-fast-forward',
  message:
    `${short(after)} does not build on ${short(before)}, the head of ${ref}: history is not rewritten here. ` +
    'Run git pull --rebase, or git revert to take a change back',
})
