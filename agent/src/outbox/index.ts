export type { Statement } from './coalesce.ts'
export { beat } from './heartbeat.ts'
export { createOutbox, type Outbox } from './outbox.ts'
