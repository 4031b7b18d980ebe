import type { ChildProcess } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { sourceLimits } from '../limits.ts'
import type { Git } from './command.ts'

export interface GitHttpOptions {
  readonly git: Git
  /** Set where pushes are refused, with what to say: the hub follows another repository. */
  readonly refusePush?: string | undefined
  /** Called before Git receives a push: variables for its process, and what to do once it has ended. */
  readonly push: (request: GitHttpRequest) => {
    readonly variables: Readonly<Record<string, string>>
    ended(): void
  }
}

export interface GitHttpRequest {
  /** Who is logged in; Git's `REMOTE_USER`. */
  readonly user: string
  readonly traceparent: string | undefined
}

export type GitHttpHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  user: string,
) => Promise<void>

type Service = 'git-upload-pack' | 'git-receive-pack'

interface Route {
  readonly path: '/info/refs' | `/${Service}`
  readonly query: string
  readonly service: Service
}

/**
 * Git's smart HTTP through `git http-backend`, both ways streamed. It answers everything under
 * `…/fleet.git/` and expects that whoever calls it has checked who is asking. The promise is kept when the
 * answer has been sent or the client is gone; it never rejects.
 */
export function gitHttpHandler(options: GitHttpOptions): GitHttpHandler {
  let active = 0
  return async (request, response, user) => {
    const route = routeOf(request)
    if (!route) return refuse(response, 404, 'Only Git speaks here: git clone <this URL>')
    const isPush = route.service === 'git-receive-pack'
    if (isPush && options.refusePush !== undefined) return refuse(response, 403, options.refusePush)
    if (Number(request.headers['content-length'] ?? 0) > sourceLimits.pushBytes) {
      return refuse(response, 413, `A push may have ${sourceLimits.pushBytes} bytes; send it in parts`)
    }
    if (active >= sourceLimits.concurrentGitRequests) {
      response.setHeader('retry-after', '2')
      return refuse(response, 503, 'Too many Git requests at once; try again')
    }
    active += 1
    const traceparent = headerText(request, 'traceparent')
    const push = isPush && request.method === 'POST' ? options.push({ user, traceparent }) : undefined
    try {
      await converse(options.git, route, request, response, { ...push?.variables, REMOTE_USER: user })
    } finally {
      active -= 1
      push?.ended()
    }
  }
}

function routeOf(request: IncomingMessage): Route | undefined {
  const [, path, query = ''] = /\.git(\/[a-z/-]+)(?:\?(.*))?$/.exec(request.url ?? '') ?? []
  if (path === '/info/refs' && request.method === 'GET') {
    const service = new URLSearchParams(query).get('service')
    return isService(service) ? { path, query: `service=${service}`, service } : undefined
  }
  const service = path?.slice(1)
  return request.method === 'POST' && isService(service)
    ? { path: `/${service}`, query: '', service }
    : undefined
}

const isService = (name: string | null | undefined): name is Service =>
  name === 'git-upload-pack' || name === 'git-receive-pack'

const headerText = ({ headers }: IncomingMessage, name: string): string | undefined => {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(`${text}\n`)
}

/** The variables of the Common Gateway Interface, RFC 3875, as `git help http-backend` names them. */
function gatewayVariables(
  directory: string,
  { path, query }: Route,
  request: IncomingMessage,
): Record<string, string> {
  const given = {
    CONTENT_TYPE: headerText(request, 'content-type'),
    CONTENT_LENGTH: headerText(request, 'content-length'),
    HTTP_CONTENT_ENCODING: headerText(request, 'content-encoding'),
    GIT_PROTOCOL: headerText(request, 'git-protocol'),
  }
  return {
    GATEWAY_INTERFACE: 'CGI/1.1',
    SERVER_PROTOCOL: 'HTTP/1.1',
    REQUEST_METHOD: request.method ?? 'GET',
    PATH_TRANSLATED: `${directory}${path}`,
    PATH_INFO: path,
    QUERY_STRING: query,
    REMOTE_ADDR: request.socket.remoteAddress ?? '',
    GIT_HTTP_EXPORT_ALL: '1',
    ...Object.fromEntries(
      Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  }
}

/** One request and its answer. Ends with the process; a client that goes away takes the process with it. */
async function converse(
  git: Git,
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  const environment = { ...gatewayVariables(git.directory, route, request), ...variables }
  // A group of its own, so that ending it also ends what it has started.
  const child = git.spawn(['http-backend'], environment, { detached: true })
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
    child.once('error', () => resolve())
  })
  const deadline = setTimeout(() => endGroup(child), sourceLimits.gitRequestMs)
  response.once('close', () => endGroup(child))
  child.stderr!.resume()
  child.stdin!.on('error', () => {})
  sendBody(request, child)
  let headersSent = false
  readAnswer(child.stdout!, (status, headers) => {
    headersSent = true
    response.writeHead(status, headers)
    child.stdout!.pipe(response)
  })
  await ended
  clearTimeout(deadline)
  if (!headersSent && !response.headersSent) refuse(response, 500, 'git http-backend gave no answer')
  else if (!response.writableEnded) response.end()
}

function endGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return
  try {
    process.kill(-pid, 'SIGTERM')
  } catch {
    // It ended in the meantime.
  }
}

function sendBody(request: IncomingMessage, child: ChildProcess): void {
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength
    if (bytes > sourceLimits.pushBytes) endGroup(child)
  })
  request.pipe(child.stdin!)
}

const maxHeaderBytes = 16 * 1024

function headerOf(line: string): [name: string, value: string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon), line.slice(colon + 1).trim()]
}

/** Reads the header block of a CGI answer; what follows stays in the stream. */
function readAnswer(
  stdout: Readable,
  onHeaders: (status: number, headers: Record<string, string>) => void,
): void {
  let head = Buffer.alloc(0)
  const take = (chunk: Buffer) => {
    head = Buffer.concat([head, chunk])
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) {
      if (head.byteLength > maxHeaderBytes) stdout.destroy()
      return
    }
    stdout.off('data', take)
    stdout.pause()
    const lines = head.toString('latin1', 0, end).split('\r\n')
    const headers = Object.fromEntries(lines.map(headerOf))
    const { Status: status = '200', ...rest } = headers
    const body = head.subarray(end + 4)
    if (body.byteLength > 0) stdout.unshift(body)
    onHeaders(Number.parseInt(status, 10), rest)
  }
  stdout.on('data', take)
}
