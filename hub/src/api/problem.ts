import { type ErrorCode, messageOf, RoadsteadError } from '@roadstead/proto'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { databaseError } from '../db/index.ts'

/** RFC 9457, with the shared error code. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: ErrorCode
  /** The path that was asked for. */
  readonly instance: string
}

const statuses: Partial<Record<ErrorCode, number>> = {
  'bad-request': 400,
  undecodable: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'precondition-failed': 412,
  'too-large': 413,
  'rate-limited': 429,
  internal: 500,
  unavailable: 503,
  cancelled: 503,
  timeout: 504,
}
const titles: Partial<Record<ErrorCode, string>> = {
  'bad-request': 'The request can not be understood',
  undecodable: 'The request can not be understood',
  unauthenticated: 'A valid token is needed',
  forbidden: 'The token does not allow this',
  'not-found': 'There is no such thing',
  conflict: 'The request contradicts the present state',
  'precondition-failed': 'The state is not what the request expects',
  'too-large': 'The request is too large',
  'rate-limited': 'Too many requests',
  internal: 'The server failed',
  unavailable: 'The server can not answer now',
  cancelled: 'The server can not answer now',
  timeout: 'The answer took too long',
}
/** What somebody asked for and the rest of the code list says no to. */
const unprocessable = 422

const retryAfterSeconds = 2

/** The one way an error leaves the server: no stack, nothing of the database, nothing of another's request. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = asRoadsteadError(error, request)
  const status = statuses[known.code] ?? unprocessable
  if (status >= 500)
    request.log.error({ err: error, code: known.code }, `${request.method} ${request.url} failed`)
  const problem: Problem = {
    type: `https://roadstead.dev/problems/${known.code}`,
    title: titles[known.code] ?? 'The request can not be carried out',
    status,
    detail: status === 500 ? 'See the log of the hub for the request named in x-request-id.' : known.message,
    code: known.code,
    instance: request.url.split('?', 1)[0] ?? '/',
  }
  // Git's routes ask for a password instead.
  if (status === 401 && !reply.hasHeader('www-authenticate'))
    reply.header('www-authenticate', 'Bearer realm="roadstead"')
  if (status === 429 || status === 503) reply.header('retry-after', retryAfterSeconds)
  return reply.code(status).type('application/problem+json').send(JSON.stringify(problem))
}

function asRoadsteadError(error: unknown, request: FastifyRequest): RoadsteadError {
  if (error instanceof RoadsteadError) return error
  const fastify = error as Partial<FastifyError>
  if (fastify.validation !== undefined) return invalid(fastify as FastifyError)
  switch (fastify.statusCode) {
    case 404:
      return new RoadsteadError(
        'not-found',
        `there is nothing at ${request.method} ${request.url.split('?', 1)[0]}`,
      )
    case 413:
      return new RoadsteadError('too-large', 'the body of the request is too large')
    case 400:
    case 414:
    case 415:
      return new RoadsteadError('bad-request', messageOf(error))
  }
  // What is neither ours nor the server's comes from the database.
  return fastify.code?.startsWith('FST_')
    ? new RoadsteadError('internal', messageOf(error))
    : databaseError(error)
}

const parts: Readonly<Record<string, string>> = {
  querystring: 'query',
  params: 'path',
  body: 'body',
  headers: 'headers',
}

/** Names the part, the field and what is wrong with it. */
function invalid({ validation, validationContext = 'body' }: FastifyError): RoadsteadError {
  const [first] = validation ?? []
  const part = parts[validationContext] ?? validationContext
  const where = (first?.instancePath ?? '').slice(1).replaceAll('/', '.')
  const { additionalProperty, allowedValues } = (first?.params ?? {}) as Record<string, unknown>
  const choices = Array.isArray(allowedValues) ? `: ${allowedValues.join(', ')}` : ''
  const what =
    typeof additionalProperty === 'string'
      ? `there is no "${additionalProperty}"`
      : `${first?.message ?? 'is not valid'}${choices}`
  return new RoadsteadError('bad-request', [`${part}:`, where, what].filter((text) => text !== '').join(' '))
}
