export {
  baselineOf,
  type DriftFacts,
  fieldsIn,
  keepDrifts,
  matchesTarget,
  restoreDrifts,
} from './drift/index.ts'
export { assessHealth, type HealthContext, type Verdict } from './health/index.ts'
export { createObserver, type Observer, type Ownership } from './observer.ts'
