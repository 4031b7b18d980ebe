import type { ClusterName, Digest, EnvironmentName } from '@roadstead/proto'
import type { NewEvent } from '../db/index.ts'
import { type CommitDetails, type FleetProblem, placeText } from '../source/index.ts'
import type { AppState } from './hold.ts'

/** What the down path tells of. */
export type AdvanceEventType =
  | 'commit.accepted'
  | 'commit.invalid'
  | 'commit.rejected'
  | 'app.held'
  | 'app.released'
  | 'release.created'
  | 'cluster.added'
  | 'cluster.retired'
  | 'assignment.issued'

export type AdvanceEvent = NewEvent & { readonly type: AdvanceEventType }

const firstLineChars = 100

const firstLine = ({ message }: CommitDetails): string => {
  const line = message.split('\n', 1)[0] ?? ''
  return line.length > firstLineChars ? `${line.slice(0, firstLineChars)}…` : line
}

const short = (id: string): string => id.slice(0, 10)

/** The first problem, and how many more there are. */
function problemText(problems: readonly FleetProblem[]): string {
  const [first] = problems
  if (!first) return 'no problem'
  const place = placeText(first)
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  return `${place === '' ? '' : `${place}: `}${first.message}${more}`
}

export const commitAccepted = (commit: CommitDetails, releases: number, clusters: number): AdvanceEvent => ({
  type: 'commit.accepted',
  commit: commit.id,
  message: `${short(commit.id)} "${firstLine(commit)}" by ${commit.authorName} is in force`,
  data: { author: commit.authorName, releasesChanged: releases, clustersChanged: clusters },
})

export const commitInvalid = (commit: CommitDetails, problems: readonly FleetProblem[]): AdvanceEvent => ({
  type: 'commit.invalid',
  commit: commit.id,
  message: `${short(commit.id)} by ${commit.authorName} changes nothing: ${problemText(problems)}`,
  data: { author: commit.authorName, problems: problems.length },
})

export const commitRejected = (
  commit: CommitDetails,
  user: string,
  problems: readonly FleetProblem[],
): AdvanceEvent => ({
  type: 'commit.rejected',
  commit: commit.id,
  message: `the push of ${short(commit.id)} by ${user} was refused: ${problemText(problems)}`,
  data: { author: commit.authorName, user, problems: problems.length },
})

type At = Pick<AppState, 'app' | 'environment'> & { readonly commit: CommitDetails }

export const appHeld = (
  { app, environment, commit }: At,
  problems: readonly FleetProblem[],
): AdvanceEvent => ({
  type: 'app.held',
  app,
  environment,
  commit: commit.id,
  message: `${app} is held back in ${environment}: ${problemText(problems)}`,
  data: { problems: problems.length },
})

export const appReleased = ({ app, environment, commit }: At): AdvanceEvent => ({
  type: 'app.released',
  app,
  environment,
  commit: commit.id,
  message: `${app} is not held back in ${environment} any more`,
})

export const releaseCreated = (
  { app, environment, commit }: At,
  variant: string,
  release: Digest,
  objects: number,
): AdvanceEvent => ({
  type: 'release.created',
  app,
  environment,
  commit: commit.id,
  message: `${app} has a new release for ${environment}${variant === '' ? '' : ` (${variant})`}, of ${objects} objects`,
  data: { release, objects, ...(variant !== '' && { variant }) },
})

export const assignmentIssued = (
  { cluster, generation }: { readonly cluster: ClusterName; readonly generation: number },
  environment: EnvironmentName | undefined,
  commit: CommitDetails,
): AdvanceEvent => ({
  type: 'assignment.issued',
  cluster,
  environment,
  commit: commit.id,
  message: `${cluster} is offered generation ${generation}`,
  data: { generation },
})
