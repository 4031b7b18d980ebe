export { type AttributeName, type Attributes, attributes } from './attributes.ts'
export { createTelemetry, type Telemetry, type TelemetryOptions } from './telemetry.ts'
export type { ActiveSpan, SpanOptions } from './trace.ts'
