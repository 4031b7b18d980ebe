import type { AssignmentContent, ClusterName, CommitId } from '@roadstead/proto'
import { type Database, type DatabaseTransaction, databaseError, recordEvents } from '../db/index.ts'
import { type Placement, placeFleet } from '../place/index.ts'
import type { Renderer } from '../render/index.ts'
import {
  type CommitGate,
  type FleetDefinition,
  type FleetProblem,
  type Head,
  inReadingOrder,
  type Refusal,
} from '../source/index.ts'
import { type ActiveSpan, attributes, type Telemetry } from '../telemetry/index.ts'
import { checkCandidate } from './check.ts'
import { lockFleet, setHead, setInForce, writeCommit } from './commits.ts'
import { writeDefinition } from './desired.ts'
import { createEvaluator, type Evaluation, type Evaluator } from './evaluate.ts'
import {
  type AdvanceEvent,
  assignmentIssued,
  commitAccepted,
  commitInvalid,
  commitRejected,
} from './events.ts'
import { type AppState, appStates, isAppProblem, releasesToPlace } from './hold.ts'
import { readHeldReleases, writeAppStates, writeReleases } from './releases.ts'

export interface AdvanceEdges {
  readonly database: Database
  readonly renderer: Renderer
  readonly telemetry: Telemetry
  /** Dispatch: signs and queues what changed, in the transaction; returns the clusters it changed. */
  readonly assign: (transaction: DatabaseTransaction, decision: Decision) => Promise<readonly Offer[]>
}

export interface Decision {
  readonly commit: CommitId
  readonly traceparent: string
  readonly contents: ReadonlyMap<ClusterName, AssignmentContent>
}

export interface Offer {
  readonly cluster: ClusterName
  readonly generation: number
}

export type AdvanceOutcome =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'invalid'; readonly problems: readonly FleetProblem[] }
  | {
      readonly kind: 'in-force'
      readonly clustersChanged: number
      /** Apps held back at the release they had, each with its environment. */
      readonly held: readonly Pick<AppState, 'app' | 'environment' | 'problems'>[]
    }

export interface Advance {
  /** What the source asks before a commit becomes the head. */
  readonly gate: CommitGate
  /**
   * Brings the database, and with it every cluster, to a commit. Doing it again does nothing. Called by
   * the leader alone; nothing is written once `signal` is aborted.
   *
   * @throws RoadsteadError `unavailable` (retry) when the repository or the database can not be reached
   */
  advance(head: Head, signal?: AbortSignal): Promise<AdvanceOutcome>
}

export function createAdvance(edges: AdvanceEdges): Advance {
  const evaluator = createEvaluator(edges.renderer)
  let reached: CommitId | undefined
  return {
    gate: {
      check: (candidate) => checkCandidate(evaluator, candidate),
      refused: (refusal) => recordRefusal(edges, refusal),
    },
    async advance(head, signal) {
      // After a start the head is looked at once more, for this version may render it differently; and
      // another leader may have been elsewhere in between.
      if (head.commit.id === reached && (await recordedHead(edges)) === reached) return { kind: 'unchanged' }
      const options = { parent: head.traceparent, attributes: { [attributes.commit]: head.commit.id } }
      const outcome = await edges.telemetry.span('advance', options, (span) =>
        advanceTo({ ...edges, evaluator, span }, head, signal),
      )
      reached = head.commit.id
      return outcome
    },
  }
}

async function recordedHead({ database }: AdvanceEdges): Promise<CommitId | undefined> {
  const row = await database
    .selectFrom('fleet')
    .select('head')
    .executeTakeFirst()
    .catch((error: unknown) => {
      throw databaseError(error)
    })
  return row?.head
}

interface Step extends AdvanceEdges {
  readonly evaluator: Evaluator
  readonly span: ActiveSpan
}

/** load → render → place → write and assign, or say why not. */
async function advanceTo(step: Step, head: Head, signal: AbortSignal | undefined): Promise<AdvanceOutcome> {
  const evaluation = await step.evaluator.evaluate(head.commit.id, head.tree)
  try {
    const decided = await decide(step, evaluation)
    return await step.database.transaction().execute(async (transaction) => {
      signal?.throwIfAborted()
      await lockFleet(transaction)
      const outcome = decided.valid
        ? await enforce(step, transaction, head, decided)
        : await hold(step, transaction, head, decided.problems)
      signal?.throwIfAborted()
      return outcome
    })
  } catch (error) {
    throw databaseError(error)
  }
}

type Decided =
  | { readonly valid: false; readonly problems: readonly FleetProblem[] }
  | {
      readonly valid: true
      readonly definition: FleetDefinition
      readonly states: readonly AppState[]
      readonly contents: Placement['contents']
    }

/** What every cluster should run, with the apps that can not be rendered at the releases they have. */
async function decide({ database }: Step, evaluation: Evaluation): Promise<Decided> {
  if (!evaluation.valid) return evaluation
  const { definition, renders } = evaluation
  const place = async (states: readonly AppState[]) => {
    const held = await readHeldReleases(database, states)
    return placeFleet(definition, releasesToPlace(states, held.releases), held.kept)
  }
  let states = appStates(renders)
  let placement = await place(states)
  if (placement.problems.some(isAppProblem)) {
    // Variables are missing on some clusters: those apps keep what they have, too.
    states = appStates(renders, placement.problems)
    placement = await place(states)
  }
  const problems = placement.problems.filter((problem) => !isAppProblem(problem))
  if (problems.length > 0) return { valid: false, problems: inReadingOrder(problems) }
  return { valid: true, definition, states, contents: placement.contents }
}

async function enforce(
  { assign, span, telemetry }: Step,
  transaction: DatabaseTransaction,
  { commit, traceparent = span.traceparent }: Head,
  { definition, states, contents }: Extract<Decided, { valid: true }>,
): Promise<AdvanceOutcome> {
  const isNew = await writeCommit(transaction, { commit, status: 'in-force', problems: [], traceparent })
  await setInForce(transaction, definition.name, commit.id)
  await writeReleases(transaction, states)
  const clusterEvents = await writeDefinition(transaction, definition, commit)
  const appEvents = await writeAppStates(transaction, states, commit)
  const offers = await assign(transaction, { commit: commit.id, traceparent: span.traceparent, contents })
  const environmentOf = (cluster: ClusterName) => definition.clusters.get(cluster)?.environment
  const created = appEvents.filter(({ type }) => type === 'release.created').length
  await recordEvents(transaction, [
    ...(isNew ? [commitAccepted(commit, created, offers.length)] : []),
    ...clusterEvents,
    ...appEvents,
    ...offers.map((offer): AdvanceEvent => assignmentIssued(offer, environmentOf(offer.cluster), commit)),
  ])
  const held = states.filter(({ problems }) => problems.length > 0)
  span.set({ [attributes.outcome]: 'in-force', [attributes.count]: offers.length })
  telemetry.logger.info(
    { [attributes.commit]: commit.id, clusters: offers.length, releases: created, held: held.length },
    'a commit is in force',
  )
  return { kind: 'in-force', clustersChanged: offers.length, held }
}

async function hold(
  { span, telemetry }: Step,
  transaction: DatabaseTransaction,
  { commit, traceparent = span.traceparent }: Head,
  problems: readonly FleetProblem[],
): Promise<AdvanceOutcome> {
  const isNew = await writeCommit(transaction, { commit, status: 'invalid', problems, traceparent })
  await setHead(transaction, commit.id)
  if (isNew) await recordEvents(transaction, [commitInvalid(commit, problems)])
  span.set({ [attributes.outcome]: 'invalid' })
  telemetry.logger.warn(
    { [attributes.commit]: commit.id, problems: problems.length, first: problems[0] },
    'a commit is invalid; what was in force stays',
  )
  return { kind: 'invalid', problems }
}

/** Whoever pushed is told in any case; that the database can not be told is no reason to say less. */
async function recordRefusal(
  { database, telemetry }: AdvanceEdges,
  { commit, problems, user, traceparent }: Refusal,
): Promise<void> {
  try {
    await database.transaction().execute(async (transaction) => {
      await writeCommit(transaction, { commit, status: 'rejected', problems, traceparent })
      await recordEvents(transaction, [commitRejected(commit, user, problems)])
    })
  } catch (error) {
    telemetry.logger.warn({ err: error, [attributes.commit]: commit.id }, 'a refused push was not recorded')
  }
}
