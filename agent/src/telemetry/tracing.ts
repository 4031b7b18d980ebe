import type { Tracer } from '@opentelemetry/api'

export interface Tracing {
  readonly tracer: Tracer
  /** Sends what is still buffered. */
  close(): Promise<void>
}

const exportDelayMs = 1_000
const exportTimeoutMs = 3_000

/**
 * A tracer that exports over OTLP/HTTP. Loaded only when there is a collector to export to: the SDK takes
 * some 15 MB of the agent's memory. Nothing is registered globally, so that agents can share a process.
 */
export async function createTracing(endpoint: string, version: string): Promise<Tracing> {
  const [{ OTLPTraceExporter }, { resourceFromAttributes }, { BatchSpanProcessor, TracerProvider }] =
    await Promise.all([
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/sdk-trace'),
    ])
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
    timeoutMillis: exportTimeoutMs,
  })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'roadstead-agent', 'service.version': version }),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: exportDelayMs })],
  })
  return { tracer: provider.getTracer('roadstead-agent', version), close: () => provider.shutdown() }
}
