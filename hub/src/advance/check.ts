import { placeFleet } from '../place/index.ts'
import { type Candidate, type FleetProblem, inReadingOrder, type Verdict } from '../source/index.ts'
import type { Evaluation, Evaluator } from './evaluate.ts'
import { appStates, isAppProblem, releasesToPlace } from './hold.ts'

/**
 * Judges a commit before it becomes the head. Here is a person who can correct it, so the fault of one app
 * refuses the commit too: unless the head has that very fault already, for which this commit is not to blame.
 */
export async function checkCandidate(evaluator: Evaluator, candidate: Candidate): Promise<Verdict> {
  const { commit, tree, previous } = candidate
  const before = previous && (await evaluator.evaluate(previous.commit, previous.tree))
  const after = await evaluator.evaluate(commit.id, tree)
  if (!after.valid) return { problems: after.problems, summary: '' }
  const known = new Set(before ? problemsOf(before).filter(isAppProblem).map(sameFault) : [])
  const [old, fresh] = partition(problemsOf(after), (problem) => known.has(sameFault(problem)))
  return { problems: inReadingOrder(fresh), summary: summaryOf(after, before, old) }
}

function problemsOf(evaluation: Evaluation): readonly FleetProblem[] {
  if (!evaluation.valid) return evaluation.problems
  const states = appStates(evaluation.renders)
  const faults = states.flatMap(({ problems }) => problems)
  const placement = placeFleet(evaluation.definition, releasesToPlace(states, new Map()))
  return [...faults, ...placement.problems]
}

/** Lines move when a file is edited elsewhere; the fault is the same. */
const sameFault = ({ code, message, file, app, environment }: FleetProblem): string =>
  JSON.stringify([code, message, file, app, environment])

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))]
}

type Valid = Extract<Evaluation, { valid: true }>

/** `6 apps, 12 clusters, 3 releases changed` */
function summaryOf(after: Valid, before: Evaluation | undefined, held: readonly FleetProblem[]): string {
  const { apps, clusters } = after.definition
  const old = before?.valid ? digestsOf(before) : new Map<string, string>()
  const changed = [...digestsOf(after)].filter(([key, digest]) => old.get(key) !== digest).length
  const parts = [
    counted(apps.size, 'app'),
    counted(clusters.size, 'cluster'),
    changed === 0 ? 'no release changed' : `${counted(changed, 'release')} changed`,
  ]
  const places = new Set(held.map(({ app, environment }) => `${app} in ${environment}`))
  if (places.size > 0) parts.push(`still held back: ${[...places].join(', ')}`)
  return parts.join(', ')
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

const digestsOf = ({ renders }: Valid): Map<string, string> =>
  new Map(
    appStates(renders).flatMap(({ app, environment, render }) =>
      [...render.releases].map(
        ([variant, { release }]) => [`${app} ${environment} ${variant}`, release.digest] as const,
      ),
    ),
  )
