export { appLabel } from './desired.ts'
export { problemOf } from './problem.ts'
export { pruneMark } from './prune.ts'
export { Reconciler } from './reconciler.ts'
