import type { Meter } from '@opentelemetry/api'
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions'
import { type Logger, pino } from 'pino'
import { type ActiveSpan, type SpanOptions, withSpan } from './trace.ts'

export interface TelemetryOptions {
  readonly serviceName: string
  readonly version: string
  /** Base URL of an OTLP/HTTP collector; spans are made (and travel) without one, but not exported. */
  readonly otlpEndpoint?: string | undefined
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
}

/** Logs, spans and metrics of one program. Nothing is registered globally: two of them can coexist. */
export interface Telemetry {
  readonly logger: Logger
  readonly meter: Meter
  span<T>(name: string, options: SpanOptions, work: (span: ActiveSpan) => Promise<T>): Promise<T>
  /** All metrics in the Prometheus text format. */
  metricsText(): Promise<string>
  /** Sends what is still buffered; waits a few seconds at most. */
  close(): Promise<void>
}

export function createTelemetry(options: TelemetryOptions): Telemetry {
  const resource = resourceFromAttributes({
    [ATTR_SERVICE_NAME]: options.serviceName,
    [ATTR_SERVICE_VERSION]: options.version,
  })
  const traces = new TracerProvider({
    resource,
    spanProcessors: options.otlpEndpoint ? [exportTo(options.otlpEndpoint)] : [],
  })
  const reader = new PrometheusExporter({ preventServerStart: true })
  const metrics = new MeterProvider({ resource, readers: [reader] })
  const serializer = new PrometheusSerializer()
  const tracer = traces.getTracer('roadstead', options.version)
  return {
    logger: pino({
      level: options.logLevel,
      base: { service: options.serviceName },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    }),
    meter: metrics.getMeter('roadstead', options.version),
    span: (name, spanOptions, work) => withSpan(tracer, name, spanOptions, work),
    async metricsText() {
      const { resourceMetrics } = await reader.collect()
      return serializer.serialize(resourceMetrics)
    },
    async close() {
      await Promise.allSettled([traces.shutdown(), metrics.shutdown()])
    },
  }
}

const exportDelayMs = 1_000

function exportTo(endpoint: string): BatchSpanProcessor {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
    timeoutMillis: 3_000,
  })
  return new BatchSpanProcessor({ exporter, scheduledDelayMillis: exportDelayMs })
}
