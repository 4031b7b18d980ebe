import { ROOT_CONTEXT, type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import { parseTraceParent } from '@opentelemetry/core'
import { codeOf, messageOf } from '@roadstead/proto'
import { type Attributes, attributes } from './attributes.ts'

/** A span in progress. Its `traceparent` is what travels: in tables, in envelopes, to the agents. */
export interface ActiveSpan {
  readonly traceparent: string
  set(values: Attributes): void
  event(name: string, values?: Attributes): void
}

export interface SpanOptions {
  /** W3C traceparent of what caused this; without one the span starts a trace. */
  readonly parent?: string | null | undefined
  readonly attributes?: Attributes
}

/**
 * Runs work inside a span. What the work throws is recorded with its code and thrown on. The context is
 * passed by hand: nothing depends on which callback happens to be running.
 */
export async function withSpan<T>(
  tracer: Tracer,
  name: string,
  options: SpanOptions,
  work: (span: ActiveSpan) => Promise<T>,
): Promise<T> {
  const span = tracer.startSpan(name, { attributes: options.attributes ?? {} }, contextOf(options.parent))
  try {
    return await work(active(span))
  } catch (error) {
    span.setAttribute(attributes.code, codeOf(error))
    span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) })
    throw error
  } finally {
    span.end()
  }
}

function active(span: Span): ActiveSpan {
  const { traceId, spanId, traceFlags } = span.spanContext()
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    set: (values) => span.setAttributes(values),
    event: (name, values = {}) => span.addEvent(name, values),
  }
}

function contextOf(traceparent: string | null | undefined) {
  const parent = traceparent ? parseTraceParent(traceparent) : null
  return parent ? trace.setSpanContext(ROOT_CONTEXT, { ...parent, isRemote: true }) : ROOT_CONTEXT
}
