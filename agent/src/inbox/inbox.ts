import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Assignment,
  type ClusterName,
  codeOf,
  createBell,
  limits,
  messageOf,
  RoadsteadError,
  type TrustedKeys,
} from '@roadstead/proto'
import type { StateStore } from '../disk.ts'
import type { Link } from '../link/index.ts'
import { judge, reopen } from './judge.ts'
import type { Releases } from './releases.ts'

export interface InboxEdges {
  readonly cluster: ClusterName
  readonly trusted: TrustedKeys
  readonly link: Link
  readonly store: StateStore
  readonly releases: Releases
  readonly random: () => number
  /** Called once the assignment and its releases are on disk; may not throw. */
  readonly onAccepted: (assignment: Assignment) => void
  /** `generation` is what the refused message claims; absent where that can not be told. */
  readonly onRefused: (error: RoadsteadError, generation: number | undefined) => void
}

export interface Inbox {
  /** The assignment accepted by an earlier run of this agent, verified again. */
  restore(): Promise<Assignment | undefined>
  /** Takes assignments until the signal is aborted. Call after `restore`. */
  run(signal: AbortSignal): Promise<void>
  /** Fetches the stored assignment now. */
  fetchNow(): void
}

const acceptedName = 'inbox/accepted'
const retryFirstMs = 500
const retryMaxMs = 60_000

/**
 * Pushes are hints that carry their content; direct gets find what was missed. Both end in `consider`,
 * where the signature and the generation decide, so that their order does not matter.
 */
export function createInbox(edges: InboxEdges): Inbox {
  const { link, store, releases, random } = edges
  let acceptedGeneration = 0
  let taking: { readonly generation: number; readonly stop: AbortController } | undefined
  const bell = createBell()
  let running: AbortSignal = AbortSignal.abort()

  const consider = (sealed: Uint8Array): void => {
    const judgement = judge(sealed, { ...edges, acceptedGeneration })
    if (judgement.verdict === 'refuse') edges.onRefused(judgement.error, judgement.generation)
    if (judgement.verdict !== 'accept') return
    const { assignment } = judgement
    if (taking && taking.generation >= assignment.generation) return
    taking?.stop.abort()
    const stop = new AbortController()
    taking = { generation: assignment.generation, stop }
    void take(assignment, sealed, AbortSignal.any([running, stop.signal]))
  }

  /** Tries until everything is here, or something newer arrived. */
  const take = async (assignment: Assignment, sealed: Uint8Array, signal: AbortSignal): Promise<void> => {
    for (let wait = retryFirstMs; !signal.aborted; wait = Math.min(wait * 2, retryMaxMs)) {
      try {
        for (const app of assignment.apps) await releases.hold(app, signal)
        if (signal.aborted) return
        await store.write(acceptedName, sealed)
        if (signal.aborted) return
        acceptedGeneration = assignment.generation
        taking = undefined
        edges.onAccepted(assignment)
        return
      } catch (error) {
        if (signal.aborted) return
        edges.onRefused(asRefusal(error), assignment.generation)
      }
      await sleep(wait * (0.5 + random()), undefined, { signal }).catch(() => {})
    }
  }

  const fetch = async (signal: AbortSignal): Promise<void> => {
    try {
      const stored = await link.fetchAssignment(signal)
      if (stored) consider(stored.sealed)
    } catch {
      // No broker, or none of ours yet: the link says so itself, and asks again when it is there.
    }
  }

  return {
    async restore() {
      const sealed = await store.read(acceptedName)
      if (!sealed) return undefined
      const assignment = reopen(sealed, edges)
      acceptedGeneration = assignment.generation
      return assignment
    },

    async run(signal) {
      running = signal
      link.onAssignment(({ sealed }) => consider(sealed))
      link.onConnected(bell.ring)
      while (!signal.aborted) {
        await fetch(signal)
        await bell.wait(signal, limits.assignmentPollMs * (1 + random() / 2))
      }
    },

    fetchNow: bell.ring,
  }
}

const asRefusal = (error: unknown): RoadsteadError =>
  error instanceof RoadsteadError
    ? error
    : new RoadsteadError(codeOf(error), messageOf(error), { cause: error })
