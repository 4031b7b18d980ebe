export type { LiveObject } from '../../kube/index.ts'
export { assessHealth, podOwnerKinds } from './assess.ts'
export { podsAmong } from './pods.ts'
export type { HealthContext, Verdict } from './verdict.ts'
