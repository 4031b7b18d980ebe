import { setTimeout as sleep } from 'node:timers/promises'
import { type Json, parseJson, RoadsteadError } from '@roadstead/proto'
import type { KubeAccess } from './access.ts'
import { withDeadline } from './deadline.ts'
import { errorOfStatus, errorOfTransport, KubeError } from './errors.ts'
import { kubeLimits } from './limits.ts'
import type { HttpRequest, HttpResponse, Transport } from './transport.ts'

export interface Call {
  readonly method: HttpRequest['method']
  readonly path: string
  readonly contentType?: string
  readonly body?: string
}

/** Requests with credentials, time-outs and manners; what goes wrong comes out as a `RoadsteadError`. */
export interface Caller {
  json(call: Call, signal: AbortSignal): Promise<Json>
  /** An answer that goes on; ends when the signal is aborted. */
  stream(path: string, signal: AbortSignal): Promise<HttpResponse>
}

export function createCaller(access: KubeAccess, transport: Transport, userAgent: string): Caller {
  /** When one call is told to slow down, all do: the server meant the client. */
  let quietUntil = 0

  const open = async (call: Call, signal: AbortSignal, longLived: boolean): Promise<HttpResponse> => {
    const { authorization } = await access.credentials()
    const headers: Record<string, string> = { accept: 'application/json', 'user-agent': userAgent }
    if (authorization !== undefined) headers.authorization = authorization
    if (call.contentType !== undefined) headers['content-type'] = call.contentType
    return transport.send(
      { method: call.method, path: call.path, headers, body: call.body, longLived },
      signal,
    )
  }

  const opened = async (call: Call, signal: AbortSignal, longLived: boolean): Promise<HttpResponse> => {
    const response = await open(call, signal, longLived)
    if (response.status !== 401) return response
    await textOf(response, kubeLimits.responseBytes)
    access.refresh()
    return open(call, signal, longLived)
  }

  const once = (call: Call, signal: AbortSignal): Promise<Json> =>
    withDeadline(signal, kubeLimits.callTimeoutMs, async (both) => {
      try {
        const response = await opened(call, both, false)
        const text = await textOf(response, kubeLimits.responseBytes)
        if (response.status < 400) return readJson(text)
        throw errorOfStatus(response.status, text, response.header('retry-after'))
      } catch (cause) {
        const late = both.aborted && !signal.aborted
        throw errorOfTransport(late ? both.reason : cause, signal, `${call.method} ${call.path}`)
      }
    })

  return {
    async json(call, signal) {
      for (let attempt = 0; ; attempt += 1) {
        const wait = quietUntil - performance.now()
        if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => {})
        signal.throwIfAborted()
        try {
          return await once(call, signal)
        } catch (error) {
          const overloaded = error instanceof KubeError && error.status === 429
          if (!overloaded || attempt >= kubeLimits.overloadRetries) throw error
          const asked = error.retryAfterMs ?? kubeLimits.overloadWaitMs * 2 ** attempt
          quietUntil = performance.now() + Math.min(asked, kubeLimits.overloadMaxWaitMs)
        }
      }
    },
    async stream(path, signal) {
      try {
        const response = await opened({ method: 'GET', path }, signal, true)
        if (response.status < 400) return response
        const text = await textOf(response, kubeLimits.responseBytes)
        throw errorOfStatus(response.status, text, response.header('retry-after'))
      } catch (cause) {
        throw errorOfTransport(cause, signal, `GET ${path}`)
      }
    },
  }
}

async function textOf(response: HttpResponse, maxBytes: number): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of response.body) {
    bytes += part.byteLength
    if (bytes > maxBytes) throw new RoadsteadError('too-large', `an answer has more than ${maxBytes} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

/** @throws KubeError for what is cut off: the connection ended in the middle of an answer */
export function readJson(text: string): Json {
  try {
    return parseJson(text)
  } catch (cause) {
    const details = { retry: 'retry', status: 0, cause } as const
    throw new KubeError('cluster-unreachable', 'the API server sent half an answer', details)
  }
}
