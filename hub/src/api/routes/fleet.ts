import type { FastifyInstance } from 'fastify'
import * as v from 'valibot'
import { listDrift, listPlacements, readFleetHealth } from '../../readmodel/index.ts'
import type { ApiEdges } from '../edges.ts'
import { models, pageQuery, scope } from '../models/index.ts'
import { addRoute } from '../route.ts'

/** The fleet as a whole. */
export function addFleetRoutes(server: FastifyInstance, { database, clock }: ApiEdges): void {
  addRoute(server, {
    method: 'GET',
    url: '/v1/fleet/health',
    operationId: 'getFleetHealth',
    summary: 'The whole fleet: commit, clusters, apps and drift, in total and per environment',
    tag: 'fleet',
    answer: models.FleetHealth,
    handle: () => readFleetHealth(database, clock),
  })
  addRoute(server, {
    method: 'GET',
    url: '/v1/placements',
    operationId: 'listPlacements',
    summary: 'Apps on clusters, by cluster and app',
    tag: 'fleet',
    query: { ...pageQuery, ...scope, status: v.exactOptional(models.AppStatus) },
    answer: models.PlacementPage,
    handle: ({ query: { limit, cursor, ...filters } }) =>
      listPlacements(database, filters, { limit, cursor }),
  })
  addRoute(server, {
    method: 'GET',
    url: '/v1/drift',
    operationId: 'listDrift',
    summary: 'Objects that differ, or differed, from Git; the latest first',
    tag: 'fleet',
    query: {
      ...pageQuery,
      ...scope,
      kind: v.exactOptional(v.pipe(v.string(), v.regex(/^[A-Za-z][A-Za-z0-9]{0,252}$/))),
      state: v.exactOptional(models.DriftState),
      fight: v.exactOptional(v.boolean()),
    },
    answer: models.DriftPage,
    handle: ({ query: { limit, cursor, ...filters } }) => listDrift(database, filters, { limit, cursor }),
  })
}
