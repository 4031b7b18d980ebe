import {
  type Context,
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import {
  type ClusterName,
  codeOf,
  type DriftReport,
  type ErrorCode,
  messageOf,
  objectRefText,
  type Problem,
} from '@roadstead/proto'
import { attributes } from './attributes.ts'
import type { Log } from './log.ts'

/**
 * What happens in an agent, as business events: each is one method, which counts, writes the log line and
 * marks the span. Attribute names are spelled here and nowhere else.
 */
export interface Telemetry {
  assignmentAccepted(generation: number, apps: number, traceparent: string | undefined): string | undefined
  assignmentRefused(code: ErrorCode, generation: number | undefined, message: string): void
  appChanged(app: string, phase: string, health: string, reason: string | undefined): void
  appHealthy(app: string, generation: number, traceparent: string | undefined): void
  objectFailed(app: string, object: string, problem: Problem): void
  pruned(app: string, deleted: number, retained: number): void
  drift(
    facts: Pick<DriftReport, 'app' | 'object' | 'change' | 'state' | 'fight' | 'manager' | 'fieldCount'>,
  ): void
  /** Something failed that nobody waits for and that will be tried again. */
  trouble(what: string, error: unknown): void
  /** A span around a piece of work, below the trace that brought it. */
  within<T>(
    name: string,
    traceparent: string | undefined,
    about: Record<string, string | number>,
    work: () => Promise<T>,
  ): Promise<T>
  /** How often each thing happened since the start: `assignment.refused/bad-signature` → 2. */
  readonly counts: ReadonlyMap<string, number>
}

export function createTelemetry(cluster: ClusterName, log: Log, tracer?: Tracer): Telemetry {
  const counts = new Map<string, number>()
  const spans = tracer ?? trace.getTracer('roadstead-agent')
  const count = (name: string, by = 1) => counts.set(name, (counts.get(name) ?? 0) + by)

  const here = { [attributes.cluster]: cluster }
  const open = (
    name: string,
    traceparent: string | undefined,
    about: Record<string, string | number>,
  ): Span =>
    spans.startSpan(
      name,
      { kind: SpanKind.CONSUMER, attributes: { ...here, ...about } },
      parentOf(traceparent),
    )

  return {
    counts,
    assignmentAccepted(generation, apps, traceparent) {
      count('assignment.accepted')
      log.info({ ...here, [attributes.generation]: generation, apps }, 'assignment accepted')
      const span = open('agent accept', traceparent, { [attributes.generation]: generation })
      span.end()
      return traceparentOf(span) ?? traceparent
    },
    assignmentRefused(code, generation, message) {
      count(`assignment.refused/${code}`)
      log.warn(
        { ...here, [attributes.generation]: generation, [attributes.code]: code },
        `assignment refused: ${message}`,
      )
    },
    appChanged(app, phase, health, reason) {
      count(`app.${phase}`)
      log.info({ ...here, [attributes.app]: app, phase, health, reason }, `${app} is ${phase}, ${health}`)
    },
    appHealthy(app, generation, traceparent) {
      count('app.healthy')
      open('agent healthy', traceparent, { [attributes.app]: app, [attributes.generation]: generation }).end()
    },
    objectFailed(app, object, { code, message }) {
      count(`object.failed/${code}`)
      log.warn(
        { ...here, [attributes.app]: app, object, [attributes.code]: code },
        `${object} was not applied: ${message}`,
      )
    },
    pruned(app, deleted, retained) {
      count('object.deleted', deleted)
      if (deleted + retained > 0)
        log.info({ ...here, [attributes.app]: app, deleted, retained }, `${app}: pruned`)
    },
    drift({ app, object, change, state, fight, manager, fieldCount }) {
      count(`drift.${state}`)
      const name = objectRefText(object)
      log.info(
        { ...here, [attributes.app]: app, object: name, change, state, fight, manager, fieldCount },
        `${name}: drift ${state}`,
      )
    },
    trouble(what, error) {
      count(`trouble/${codeOf(error)}`)
      log.warn({ ...here, [attributes.code]: codeOf(error) }, `${what}: ${messageOf(error)}`)
    },
    async within(name, traceparent, about, work) {
      const span = open(name, traceparent, about)
      try {
        return await context.with(trace.setSpan(ROOT_CONTEXT, span), work)
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: codeOf(error) })
        throw error
      } finally {
        span.end()
      }
    },
  }
}

const traceparentPattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

function parentOf(traceparent: string | undefined): Context {
  const [, traceId, spanId, flags] = traceparentPattern.exec(traceparent ?? '') ?? []
  if (!traceId || !spanId) return ROOT_CONTEXT
  const parent = { traceId, spanId, traceFlags: Number.parseInt(flags ?? '0', 16), isRemote: true }
  return trace.setSpanContext(ROOT_CONTEXT, parent)
}

function traceparentOf(span: Span): string | undefined {
  const { traceId, spanId, traceFlags } = span.spanContext()
  if (!isSpanContextValid(span.spanContext())) return undefined
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
}
