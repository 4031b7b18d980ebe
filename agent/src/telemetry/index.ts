export { type Log, type LogFields, silentLog } from './log.ts'
export { createJsonLog } from './pino.ts'
export { createTelemetry, type Telemetry } from './telemetry.ts'
export { createTracing, type Tracing } from './tracing.ts'
