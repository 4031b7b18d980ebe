import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * Gives what a GET answers a weak tag of its content, and answers 304 to whoever has that already. It saves
 * the transfer, not the query: the answer is always of this moment.
 */
export async function tagAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<unknown> {
  const reads = request.method === 'GET' || request.method === 'HEAD'
  if (!reads || reply.statusCode !== 200 || typeof payload !== 'string') return payload
  const tag = `W/"${createHash('sha1').update(payload).digest('base64url')}"`
  reply.header('etag', tag).header('cache-control', 'private, no-cache')
  if (!holds(request.headers['if-none-match'], tag)) return payload
  reply.code(304).removeHeader('content-length').removeHeader('content-type')
  return null
}

const holds = (given: string | undefined, tag: string): boolean =>
  (given ?? '').split(',').some((each) => each.trim() === tag || each.trim() === '*')
