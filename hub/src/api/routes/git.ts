import { createHmac, timingSafeEqual } from 'node:crypto'
import { RoadsteadError } from '@roadstead/proto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ApiEdges } from '../edges.ts'
import { notHere } from '../missing.ts'

/** Git's own protocol: outside the OpenAPI document, and streamed both ways. */
export async function addGitRoutes(server: FastifyInstance, { source }: ApiEdges): Promise<void> {
  await server.register(async (git) => {
    // The body belongs to Git: nothing here reads it.
    git.removeAllContentTypeParsers()
    git.addContentTypeParser('*', (_request, _payload, done) => done(null))
    git.route({
      method: ['GET', 'POST'],
      url: '/git/fleet.git/*',
      exposeHeadRoute: false,
      schema: { hide: true },
      handler: async (request, reply) => {
        const backend = source ?? notHere('fleet repository')
        reply.hijack()
        await backend.handle(request.raw, reply.raw, request.author)
        return reply
      },
    })
  })
}

/** Where a Git host tells that its repository has changed. The signature stands for a token. */
export async function addWebhookRoute(
  server: FastifyInstance,
  { source }: ApiEdges,
  secret: string | undefined,
): Promise<void> {
  await server.register(async (hooks) => {
    // The signature is over the bytes as they were sent, whatever they are.
    hooks.removeAllContentTypeParsers()
    hooks.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    hooks.route({
      method: 'POST',
      url: '/v1/webhooks/git',
      config: { isPublic: true },
      schema: {
        operationId: 'gitChanged',
        summary: 'For Git hosts: the repository has changed, look at it now',
        description:
          'Signed with the webhook secret: X-Hub-Signature-256 (GitHub, Gitea, Forgejo) or X-Gitlab-Token.',
        tags: ['server'],
        security: [],
        response: {
          202: { description: 'Taken', type: 'null' },
          '4xx': {
            description: 'What went wrong',
            content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
          },
        },
      },
      handler: async (request, reply) => {
        if (secret === undefined) throw new RoadsteadError('not-found', 'this server has no webhook secret')
        if (!isSigned(request, secret)) {
          throw new RoadsteadError('unauthenticated', 'the signature is not made with the webhook secret')
        }
        const backend = source ?? notHere('fleet repository')
        backend.poke()
        return reply.code(202).send()
      },
    })
  })
}

function isSigned({ headers, body }: FastifyRequest, secret: string): boolean {
  const { 'x-hub-signature-256': signature, 'x-gitlab-token': shared } = headers
  if (typeof shared === 'string') return sameText(shared, secret)
  const bytes = body instanceof Buffer ? body : Buffer.alloc(0)
  const expected = `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`
  return typeof signature === 'string' && sameText(signature, expected)
}

/** Compares digests, so that the time tells nothing and lengths may differ. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
