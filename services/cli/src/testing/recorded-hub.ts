import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

/**
 * A simulated hub: a real HTTP server that gives the answers a test wrote down. It proves how the CLI asks
 * and how it prints; what a hub answers is proved by the hub's own tests and by the sandbox.
 */
export interface RecordedHub {
  readonly url: string
  /** `GET /v1/clusters?limit=200`, in the order they came. */
  readonly requests: readonly string[]
  readonly headers: readonly IncomingMessage['headers'][]
}

export type Answer = (request: IncomingMessage, response: ServerResponse, url: URL) => void

/** Answers by `METHOD /path`; anything else is 404. Stops with the test. */
export async function recordedHub(test: TestContext, answers: Record<string, Answer>): Promise<RecordedHub> {
  const requests: string[] = []
  const headers: IncomingMessage['headers'][] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://hub')
    requests.push(`${request.method} ${request.url}`)
    headers.push(request.headers)
    const answer =
      answers[`${request.method} ${url.pathname}`] ?? problem(404, 'not-found', 'there is no such thing')
    answer(request, response, url)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  test.after(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, headers }
}

export const json =
  (body: unknown, status = 200): Answer =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }

export const problem =
  (status: number, code: string, detail: string): Answer =>
  (_request, response) => {
    const body = { type: `https://roadstead.dev/problems/${code}`, title: code, status, detail, code }
    response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(body))
  }
