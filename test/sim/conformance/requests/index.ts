/**
 * Requests whose answers were recorded from a real kube-apiserver (testdata/) and must come out the same here.
 * They run in order, in the namespace `conformance`, with no controllers.
 */
import { OBJECTS } from './objects.ts'
import { OTHERS } from './others.ts'
import type { Step } from './step.ts'
import { WORKLOADS } from './workloads.ts'

export { CUSTOM, DEFINITION } from './custom.ts'
export type { Step } from './step.ts'
export const STEPS: readonly Step[] = [...OBJECTS, ...WORKLOADS, ...OTHERS]
