/** The fleet repository: what it says, and how it comes to the hub. */
export * from './definition/index.ts'
export type { Blamed, BlameRequest, LineCommit } from './git/blame.ts'
export type { CommitDetails } from './git/commit-details.ts'
export type { Edits } from './git/commit-writer.ts'
export type { Remote } from './git/follow.ts'
export type { GitHttpHandler } from './git/http.ts'
export { sourceLimits } from './limits.ts'
export { type CheckedFleet, validateFleet } from './offline.ts'
export {
  compareText,
  type FleetProblem,
  inReadingOrder,
  placeText,
  type SaidOnce,
  saidOnce,
} from './problem.ts'
export type { Candidate, CommitGate, Refusal, Verdict } from './push.ts'
export { rejectionText } from './push-text.ts'
export {
  type CommitRequest,
  type CommitResult,
  createSource,
  type Head,
  type Source,
  type SourceEdges,
  type SourceOptions,
} from './source.ts'
export { type FleetTree, memoryTree, type TreeEntry } from './tree.ts'
