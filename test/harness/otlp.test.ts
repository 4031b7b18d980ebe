import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { startOtlpReceiver } from './otlp.ts'

test('spans of the OpenTelemetry SDK arrive as one trace with their attributes', async () => {
  await using receiver = await startOtlpReceiver()
  const exporter = new OTLPTraceExporter({ url: `${receiver.endpoint}/v1/traces` })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'hub' }),
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  })
  const span = provider
    .getTracer('test')
    .startSpan('render', { attributes: { app: 'web', objects: 3, ok: true } })
  span.addEvent('accepted')
  span.end()
  await provider.shutdown()

  const [received, ...others] = receiver.trace(span.spanContext().traceId)
  assert.deepEqual(others, [])
  assert.equal(received?.name, 'render')
  assert.equal(received?.service, 'hub')
  assert.equal(received?.spanId, span.spanContext().spanId)
  assert.equal(received?.parentSpanId, '')
  assert.deepEqual(received?.attributes, { app: 'web', objects: 3, ok: true })
  assert.deepEqual(received?.events, ['accepted'])
  assert.equal(received?.failed, false)
})

test('a body that is not OTLP as JSON is refused', async () => {
  await using receiver = await startOtlpReceiver()
  const headers = { 'content-type': 'application/x-protobuf' }
  const response = await fetch(`${receiver.endpoint}/v1/traces`, { method: 'POST', headers, body: 'bytes' })
  assert.equal(response.status, 400)
  assert.deepEqual(receiver.spans, [])
})
