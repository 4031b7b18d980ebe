import { EnrolmentRequestSchema, EnrolmentResponseSchema } from '@roadstead/proto'
import type { FastifyInstance } from 'fastify'
import type { ApiEdges } from '../edges.ts'
import { limits } from '../limits.ts'
import { notHere } from '../missing.ts'
import { clusterName, models } from '../models/index.ts'
import { rateLimit } from '../rate-limit.ts'
import { addRoute } from '../route.ts'

/** How agents come and go. */
export function addAgentRoutes(server: FastifyInstance, { identity, clock }: ApiEdges): void {
  const enrolments = rateLimit({
    burst: limits.enrolmentBurst,
    perSecond: limits.enrolmentsPerSecond,
    callers: limits.enrolmentAddresses,
    clock,
  })
  const here = () => identity ?? notHere('enrolment')
  addRoute(server, {
    method: 'POST',
    url: '/v1/clusters/:cluster/enrolment-tokens',
    operationId: 'createEnrolmentToken',
    summary: 'A token with which one agent of this cluster may enrol, once',
    tag: 'agents',
    params: { cluster: clusterName },
    answer: models.EnrolmentToken,
    status: 201,
    handle: async ({ params, request }) => {
      const { token, expiresAt } = await here().createToken(params.cluster, request.author)
      return { token, expiresAt: expiresAt.toISOString() }
    },
  })
  addRoute(server, {
    method: 'POST',
    url: '/v1/clusters/:cluster/revoke',
    operationId: 'revokeAgent',
    summary: "Closes the agent's connection and lets it in no more; the cluster keeps what it runs",
    tag: 'agents',
    params: { cluster: clusterName },
    handle: ({ params, request }) => here().revoke(params.cluster, request.author),
  })
  addRoute(server, {
    method: 'POST',
    url: '/v1/enrol',
    operationId: 'enrol',
    summary: 'For agents: a one-time token for an identity',
    tag: 'agents',
    isPublic: true,
    body: EnrolmentRequestSchema,
    answer: EnrolmentResponseSchema,
    handle: ({ body, request }) => {
      enrolments.take(request.ip)
      return here().enrol(body)
    },
  })
}
