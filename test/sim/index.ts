/** The simulated cluster: the Kubernetes API over HTTP, without containers. See README.md. */
export type { ObjectAccess, ObjectRef } from './access.ts'
export { ApiError } from './api/errors.ts'
export { createSimulatedCluster, type SimulatedCluster, type SimulatedClusterOptions } from './cluster.ts'
export type { Fault, FaultMatch, Faults, RequestInfo } from './faults.ts'
export { kubeconfig } from './kubeconfig.ts'
export type { KubeObject } from './store/object.ts'
export type { SavedState, StoreEvent } from './store/store.ts'
