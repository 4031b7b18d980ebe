/** From what clusters should run to signed assignments at the broker. */
export { assign, type Decision, type Offer } from './assign.ts'
export { createDispatch, type Dispatch, type DispatchEdges } from './dispatch.ts'
