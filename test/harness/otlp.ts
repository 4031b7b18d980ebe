/** A receiver of OpenTelemetry traces (OTLP over HTTP, JSON), for tests that follow a change by its spans. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

const MAX_BODY_BYTES = 64 * 1024 * 1024

export type AttributeValue = string | number | boolean | readonly AttributeValue[] | undefined

export interface ReceivedSpan {
  name: string
  /** Of the resource: `service.name`. */
  service: string
  traceId: string
  spanId: string
  /** Empty for a root. */
  parentSpanId: string
  startUnixMs: number
  endUnixMs: number
  attributes: Readonly<Record<string, AttributeValue>>
  /** Of the resource. */
  resource: Readonly<Record<string, AttributeValue>>
  /** Names of its events, in order. */
  events: readonly string[]
  failed: boolean
}

export interface OtlpReceiver extends AsyncDisposable {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`; traces go to `/v1/traces` below it. Metrics and logs are accepted and dropped. */
  readonly endpoint: string
  /** All spans so far, in the order in which they arrived. */
  readonly spans: readonly ReceivedSpan[]
  /** Those of one trace, by their start. */
  trace(traceId: string): ReceivedSpan[]
  close(): Promise<void>
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = []
  const server = createServer((request, response) => {
    receive(request, response, spans).catch((error: Error) => {
      response.writeHead(400, { 'content-type': 'text/plain' }).end(error.message)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = async () => {
    server.closeAllConnections()
    if (!server.listening) return
    server.close()
    await once(server, 'close')
  }
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    trace: (traceId) =>
      spans.filter((span) => span.traceId === traceId).sort((a, b) => a.startUnixMs - b.startUnixMs),
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  spans: ReceivedSpan[],
): Promise<void> {
  const body = await readBody(request)
  if (request.url === '/v1/traces') {
    const type = request.headers['content-type'] ?? ''
    if (!type.startsWith('application/json'))
      throw new Error(`only OTLP as JSON is understood here, not ${type}`)
    spans.push(...decode(JSON.parse(body.toString('utf8'))))
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) throw new Error(`the body is larger than ${MAX_BODY_BYTES} bytes`)
    chunks.push(chunk)
  }
  const body = Buffer.concat(chunks)
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
}

// The shapes of ExportTraceServiceRequest in opentelemetry-proto, as far as they are read here.
interface Exported {
  resourceSpans?: { resource?: { attributes?: KeyValue[] }; scopeSpans?: { spans?: ExportedSpan[] }[] }[]
}
interface ExportedSpan {
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  startTimeUnixNano: string | number
  endTimeUnixNano: string | number
  attributes?: KeyValue[]
  events?: { name: string }[]
  status?: { code?: number }
}
interface KeyValue {
  key: string
  value: AnyValue
}
interface AnyValue {
  stringValue?: string
  boolValue?: boolean
  intValue?: string | number
  doubleValue?: number
  arrayValue?: { values?: AnyValue[] }
}

const STATUS_ERROR = 2
const NANOS_PER_MS = 1e6

function decode(exported: Exported): ReceivedSpan[] {
  return (exported.resourceSpans ?? []).flatMap(({ resource, scopeSpans = [] }) => {
    const ofResource = attributes(resource?.attributes)
    return scopeSpans.flatMap(({ spans = [] }) => spans.map((span) => received(span, ofResource)))
  })
}

function received(span: ExportedSpan, resource: ReceivedSpan['resource']): ReceivedSpan {
  return {
    name: span.name,
    service: String(resource['service.name'] ?? ''),
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    startUnixMs: Number(span.startTimeUnixNano) / NANOS_PER_MS,
    endUnixMs: Number(span.endTimeUnixNano) / NANOS_PER_MS,
    attributes: attributes(span.attributes),
    resource,
    events: (span.events ?? []).map((event) => event.name),
    failed: span.status?.code === STATUS_ERROR,
  }
}

function attributes(list: KeyValue[] = []): Record<string, AttributeValue> {
  return Object.fromEntries(list.map(({ key, value }) => [key, plain(value)]))
}

function plain(value: AnyValue): AttributeValue {
  if (value.intValue !== undefined) return Number(value.intValue)
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(plain)
  return value.stringValue ?? value.boolValue ?? value.doubleValue
}
