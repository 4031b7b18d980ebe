import type { Connection } from '../connection/find-connection.ts'
import { exitCodes, Failure } from '../exit.ts'
import { collectPages, type Page } from './pages.ts'
import { problemFailure } from './problem.ts'
import { readText } from './read-text.ts'

/** Filters of a request; those without a value are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>

export interface ApiClient {
  readonly server: string
  /** @throws Failure when there is no answer, or one that is not a success */
  get<Resource>(path: string, query?: Query): Promise<Resource>
  post<Resource>(path: string, body: unknown): Promise<Resource>
  /**
   * The items of a list, page after page, up to `limit`.
   * @throws Failure as `get` does, also half way
   */
  list<Item>(path: string, query?: Query, limit?: number): Promise<Item[]>
  /** Opens an event stream; the body is read by the caller. */
  stream(path: string, query: Query, lastEventId: string | undefined): Promise<ReadableStream<Uint8Array>>
}

export const clientLimits = {
  requestTimeoutMs: 15_000,
  /** One answer; a page of 200 items is about a tenth of this. */
  answerBytes: 16 * 1024 * 1024,
} as const

export interface ClientEdges {
  readonly fetch: typeof fetch
  readonly signal: AbortSignal
}

/** The REST API of a hub. Every request carries the token, ends after its time-out and with the signal. */
export function createApiClient(connection: Connection, edges: ClientEdges): ApiClient {
  const { server, token } = connection

  const request = async (
    path: string,
    query: Query,
    init: RequestInit & { headers: Record<string, string> },
  ) => {
    const url = `${server}${path}${queryText(query)}`
    const authorization: Record<string, string> =
      token === undefined ? {} : { authorization: `Bearer ${token}` }
    const headers = { 'user-agent': 'roadstead-cli', ...authorization, ...init.headers }
    // A redirect is refused rather than followed: it could carry the token to another place.
    const response = await edges
      .fetch(url, { ...init, headers, redirect: 'error' })
      .catch((error: unknown) => Promise.reject(unreachable(server, error, edges.signal)))
    if (response.ok) return response
    throw problemFailure(
      response.status,
      await readText(response, clientLimits.answerBytes).catch(() => ''),
      server,
    )
  }

  const requestJson = async <Resource>(path: string, query: Query, init: RequestInit): Promise<Resource> => {
    const signal = AbortSignal.any([edges.signal, AbortSignal.timeout(clientLimits.requestTimeoutMs)])
    const headers = { accept: 'application/json', 'content-type': 'application/json' }
    const response = await request(path, query, { ...init, headers, signal })
    const text = await readText(response, clientLimits.answerBytes).catch((error: unknown) =>
      Promise.reject(unreachable(server, error, edges.signal)),
    )
    return parseJson(text, server) as Resource
  }

  const get = <Resource>(path: string, query: Query = {}) =>
    requestJson<Resource>(path, query, { method: 'GET' })

  return {
    server,
    get,
    post: (path, body) => requestJson(path, {}, { method: 'POST', body: JSON.stringify(body) }),
    list: <Item>(path: string, query: Query = {}, limit?: number) =>
      collectPages<Item>((page) => get<Page<Item>>(path, { ...query, ...page }), limit),
    async stream(path, query, lastEventId) {
      const resume: Record<string, string> = lastEventId === undefined ? {} : { 'last-event-id': lastEventId }
      const headers = { accept: 'text/event-stream', ...resume }
      const response = await request(path, query, { headers, signal: edges.signal })
      if (response.body === null) throw unreachable(server, new Error('an empty event stream'), edges.signal)
      return response.body
    },
  }
}

function queryText(query: Query): string {
  const given = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) if (value !== undefined) given.set(key, String(value))
  return given.size === 0 ? '' : `?${given}`
}

function parseJson(text: string, server: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Failure(exitCodes.unreachable, `${server} answered with something that is not JSON`, {
      advice: 'Check that --server is the address of a Roadstead hub.',
      cause: error,
    })
  }
}

/** What fetch threw, as an answer to the reader. An abort by Ctrl-C stays an abort. */
function unreachable(server: string, error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason
  const late = error instanceof Error && error.name === 'TimeoutError'
  const why = late ? `no answer within ${clientLimits.requestTimeoutMs / 1_000} s` : reasonOf(error)
  return new Failure(exitCodes.unreachable, `can not reach ${server}: ${why}`, {
    code: late ? 'timeout' : 'unavailable',
    advice: 'Check the address, and that the hub runs.',
    cause: error,
  })
}

/** fetch says "fetch failed" and keeps the reason in its cause; a host with two addresses gives two. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.cause instanceof AggregateError && error.cause.errors.length > 0)
    return reasonOf(error.cause.errors[0])
  return error.cause instanceof Error ? error.cause.message : error.message
}
