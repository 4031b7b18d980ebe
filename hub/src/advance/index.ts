/** The spine of the down path: a commit becomes what every cluster should run. */
export {
  type Advance,
  type AdvanceEdges,
  type AdvanceOutcome,
  createAdvance,
  type Decision,
  type Offer,
} from './advance.ts'
export type { AdvanceEventType } from './events.ts'
export { type AdvanceLoop, type AdvanceLoopOptions, startAdvancing } from './loop.ts'
