import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import type { Fault, Faults, RequestInfo } from '../faults.ts'
import type { Context } from '../operations/context.ts'
import type { Registry } from '../resources/registry.ts'
import { type Answer, refused, warningHeaders } from './answer.ts'
import { type Dispatch, dispatch } from './api.ts'
import type { Counters } from './counters.ts'
import { ApiError, internalError, tooManyRequests, unauthorized } from './errors.ts'
import { type ApiRequest, contentType, MAX_BODY_BYTES, parseBody } from './request.ts'
import type { WatchHub } from './watch.ts'

type Incoming = IncomingMessage | Http2ServerRequest
type Outgoing = ServerResponse | Http2ServerResponse

export interface ServerParts {
  readonly context: Context
  readonly watches: WatchHub
  readonly faults: Faults
  readonly counters: Counters
  readonly token: string
  readonly tls: { readonly cert: string | Buffer; readonly key: string | Buffer } | undefined
  /** Answers /sim/ requests. */
  control(request: ApiRequest): Promise<Answer>
}

/** Idle connections stay open longer than clients keep them, so that no request meets a closing one. */
const KEEP_ALIVE_MS = 120_000

/** The HTTP front of one cluster; not yet listening. */
export function createApiServer(parts: ServerParts): Server | Http2SecureServer {
  const listener = (incoming: Incoming, outgoing: Outgoing) => {
    void serve(parts, incoming, outgoing).catch((error: unknown) => fail(outgoing, error))
  }
  if (parts.tls) return createSecureServer({ ...parts.tls, allowHTTP1: true }, listener)
  const server = createServer({ keepAlive: true, noDelay: true }, listener)
  server.keepAliveTimeout = KEEP_ALIVE_MS
  server.requestTimeout = 0
  return server
}

function fail(outgoing: Outgoing, error: unknown): void {
  const refusal = error instanceof ApiError ? error : internalError((error as Error).stack ?? String(error))
  if (!outgoing.headersSent) send(outgoing, refused(refusal))
  else outgoing.destroy?.()
}

async function serve(parts: ServerParts, incoming: Incoming, outgoing: Outgoing): Promise<void> {
  const request = readRequest(incoming, parts.context.registry)
  if (request.path.startsWith('/sim/')) return send(outgoing, await parts.control(request))
  authorize(parts, request)
  const work = dispatch(parts.context, request)
  parts.counters.count(work.verb, work.resource)
  const fault = parts.faults.take(infoOf(request, work))
  if (fault && !(await survives(fault, outgoing))) return
  if ('watch' in work) return startWatch(parts, work, outgoing)
  const answer = await answerOf(work)
  if (fault?.kind === 'half-body') return sendHalf(outgoing, answer)
  if (fault?.kind === 'lost-answer') return cut(outgoing)
  send(outgoing, answer)
}

async function answerOf(work: Extract<Dispatch, { answer: unknown }>): Promise<Answer> {
  try {
    return await work.answer()
  } catch (error) {
    if (error instanceof ApiError) return refused(error)
    throw error
  }
}

function readRequest(incoming: Incoming, registry: Registry): ApiRequest {
  const url = new URL(incoming.url ?? '/', 'http://simulated')
  const request: ApiRequest = {
    method: incoming.method ?? 'GET',
    path: url.pathname.length > 1 ? url.pathname.replace(/\/$/, '') : url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body: async () => parseBody(await readBytes(incoming), contentType(request), registry),
  }
  return request
}

async function readBytes(incoming: Incoming): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) {
      throw new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${MAX_BODY_BYTES}`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const OPEN_PATHS = /^\/(healthz|livez|readyz|version)(\/|$)/

/**
 * A wrong token is refused. Over plain HTTP no token at all is let in, because kubectl never sends one there;
 * the server listens on loopback only.
 */
function authorize(parts: ServerParts, request: ApiRequest): void {
  if (OPEN_PATHS.test(request.path)) return
  const header = request.headers.authorization
  if (header === undefined && !parts.tls) return
  if (header !== `Bearer ${parts.token}`) throw unauthorized()
}

const infoOf = (request: ApiRequest, { verb, resource, target }: Dispatch): RequestInfo => ({
  method: request.method,
  path: request.path,
  verb,
  resource,
  namespace: target?.namespace ?? '',
  name: target?.name ?? '',
})

/** Does what a fault does before the request is handled; false when the request is thereby over. */
async function survives(fault: Fault, outgoing: Outgoing): Promise<boolean> {
  switch (fault.kind) {
    case 'status':
      send(outgoing, refused(faultError(fault)))
      return false
    case 'hang':
      return false
    case 'reset':
      cut(outgoing)
      return false
    case 'slow':
      await new Promise((done) => setTimeout(done, fault.delayMs).unref())
      return true
    default:
      return true
  }
}

function faultError(fault: Extract<Fault, { kind: 'status' }>): ApiError {
  if (fault.code === 429) return tooManyRequests(fault.retryAfterSeconds ?? 1)
  const message = fault.message ?? 'injected fault'
  if (fault.code === 500) return internalError(message)
  const details = fault.retryAfterSeconds ? { retryAfterSeconds: fault.retryAfterSeconds } : undefined
  return new ApiError(fault.code, fault.code === 503 ? 'ServiceUnavailable' : '', message, details)
}

function startWatch(
  parts: ServerParts,
  work: Extract<Dispatch, { watch: unknown }>,
  outgoing: Outgoing,
): void {
  writeHead(outgoing, 200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' })
  // Headers first: a watch on nothing must still be seen to have begun.
  if ('flushHeaders' in outgoing) outgoing.flushHeaders()
  const watch = parts.watches.start(work.watch, {
    write: (line) => void (outgoing as ServerResponse).write(line),
    get pendingBytes() {
      return outgoing.writableLength
    },
    end: () => void outgoing.end(),
  })
  outgoing.on('close', () => watch.stop())
}

function bytesOf(answer: Answer): Buffer {
  return Buffer.from(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body))
}

function writeHead(
  outgoing: Outgoing,
  code: number,
  headers: Record<string, string | number | string[]>,
): void {
  const all = { 'audit-id': 'simulated', 'x-roadstead-simulated': 'true', ...headers }
  ;(outgoing as ServerResponse).writeHead(code, all)
}

function send(outgoing: Outgoing, answer: Answer): void {
  const bytes = bytesOf(answer)
  writeHead(outgoing, answer.code, { ...headersOf(answer), 'content-length': bytes.length })
  ;(outgoing as ServerResponse).end(bytes)
}

const headersOf = (answer: Answer): Record<string, string | string[]> => ({
  'content-type': answer.contentType ?? 'application/json',
  'cache-control': 'no-cache, private',
  ...(answer.warnings?.length ? { warning: warningHeaders(answer.warnings) } : {}),
  ...answer.headers,
})

function sendHalf(outgoing: Outgoing, answer: Answer): void {
  const bytes = bytesOf(answer)
  writeHead(outgoing, answer.code, { ...headersOf(answer), 'content-length': bytes.length })
  ;(outgoing as ServerResponse).write(bytes.subarray(0, bytes.length >> 1), () => cut(outgoing))
}

/** Closes the connection (HTTP/1.1) or the stream (HTTP/2) in the middle of things. */
function cut(outgoing: Outgoing): void {
  if ('stream' in outgoing && outgoing.stream) outgoing.stream.close(2)
  else (outgoing as ServerResponse).destroy()
}
