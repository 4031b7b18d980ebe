import type { FastifyInstance } from 'fastify'
import * as v from 'valibot'
import { listApps, readApp } from '../../readmodel/index.ts'
import type { ApiEdges } from '../edges.ts'
import { missing } from '../missing.ts'
import { appName, models, pageQuery, scope } from '../models/index.ts'
import { addRoute } from '../route.ts'

/** Apps, and where they run. */
export function addAppRoutes(server: FastifyInstance, { database }: ApiEdges): void {
  addRoute(server, {
    method: 'GET',
    url: '/v1/apps',
    operationId: 'listApps',
    summary: 'Apps by name, each with its counts over clusters',
    tag: 'fleet',
    query: {
      ...pageQuery,
      environment: scope.environment,
      cluster: scope.cluster,
      status: v.exactOptional(models.OverallStatus),
    },
    answer: models.AppPage,
    handle: ({ query: { limit, cursor, ...filters } }) => listApps(database, filters, { limit, cursor }),
  })
  addRoute(server, {
    method: 'GET',
    url: '/v1/apps/:app',
    operationId: 'getApp',
    summary: 'One app: its environments, what holds it back, and a page of its clusters',
    tag: 'fleet',
    params: { app: appName },
    query: {
      ...pageQuery,
      environment: scope.environment,
      cluster: scope.cluster,
      status: v.exactOptional(models.AppStatus),
    },
    answer: models.AppDetail,
    handle: async ({ params, query: { limit, cursor, ...filters } }) =>
      (await readApp(database, params.app, filters, { limit, cursor })) ?? missing('app', params.app),
  })
}
