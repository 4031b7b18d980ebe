export { assessHealth, podOwnerKinds } from './assess.ts'
export type { HealthContext, Verdict } from './verdict.ts'
