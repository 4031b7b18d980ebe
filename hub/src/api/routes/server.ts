import { setTimeout as delay } from 'node:timers/promises'
import { RoadsteadError } from '@roadstead/proto'
import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import * as v from 'valibot'
import type { ApiEdges } from '../edges.ts'
import { limits } from '../limits.ts'
import { addRoute } from '../route.ts'

/** Of the server itself. */
export function addServerRoutes(server: FastifyInstance, edges: ApiEdges): void {
  const { database, telemetry, checks = {} } = edges
  const all = { database: () => sql`select 1`.execute(database), ...checks }
  addRoute(server, {
    method: 'GET',
    url: '/healthz/live',
    operationId: 'isLive',
    summary: 'The process runs',
    tag: 'server',
    isPublic: true,
    answer: v.object({ status: v.literal('live') }),
    handle: async () => ({ status: 'live' as const }),
  })
  addRoute(server, {
    method: 'GET',
    url: '/healthz/ready',
    operationId: 'isReady',
    summary: 'This replica can serve: database and broker answer',
    tag: 'server',
    isPublic: true,
    answer: v.object({ status: v.literal('ready'), checks: v.record(v.string(), v.literal('ok')) }),
    handle: async ({ request }) => {
      const tell = (error: unknown) => request.log.warn({ err: error }, 'not ready')
      await Promise.all(Object.entries(all).map(([name, check]) => mustPass(name, check, tell)))
      return {
        status: 'ready' as const,
        checks: Object.fromEntries(Object.keys(all).map((name) => [name, 'ok' as const])),
      }
    },
  })
  addRoute(server, {
    method: 'GET',
    url: '/metrics',
    operationId: 'getMetrics',
    summary: 'Metrics in the Prometheus text format',
    tag: 'server',
    content: { 'text/plain': { schema: { type: 'string' } } },
    handle: async ({ reply }) => {
      reply.type('text/plain; version=0.0.4; charset=utf-8')
      return telemetry.metricsText()
    },
  })
  addRoute(server, {
    method: 'GET',
    url: '/openapi.json',
    operationId: 'getOpenApi',
    summary: 'This API, as OpenAPI 3.1',
    tag: 'server',
    content: { 'application/json': { schema: { type: 'object' } } },
    handle: async () => server.swagger(),
  })
}

/** Says which check failed, and no more: everybody may ask. */
async function mustPass(
  name: string,
  check: () => Promise<unknown> | unknown,
  onFailure: (error: unknown) => void,
): Promise<void> {
  const done = new AbortController()
  const late = delay(limits.readinessMs, undefined, { signal: done.signal }).then(() => {
    throw new RoadsteadError('timeout', `no answer in ${limits.readinessMs} ms`)
  })
  try {
    await Promise.race([Promise.resolve().then(check), late])
  } catch (cause) {
    onFailure(cause)
    throw new RoadsteadError('unavailable', `not ready: the ${name} does not answer`, {
      retry: 'retry',
      cause,
    })
  } finally {
    done.abort()
    late.catch(() => {})
  }
}
