export { answerAsk } from './answer.ts'
export type { Statement } from './coalesce.ts'
export { beat, composeHeartbeat } from './heartbeat.ts'
export { createOutbox, type Outbox } from './outbox.ts'
