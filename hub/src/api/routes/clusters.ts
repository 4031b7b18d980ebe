import type { FastifyInstance } from 'fastify'
import * as v from 'valibot'
import { listClusters, parseLabelSelector, readCluster } from '../../readmodel/index.ts'
import type { ApiEdges } from '../edges.ts'
import { limits } from '../limits.ts'
import { missing } from '../missing.ts'
import { appName, clusterName, models, pageQuery, scope } from '../models/index.ts'
import { addRoute } from '../route.ts'

/** Clusters, and what runs on them. */
export function addClusterRoutes(server: FastifyInstance, { database }: ApiEdges): void {
  addRoute(server, {
    method: 'GET',
    url: '/v1/clusters',
    operationId: 'listClusters',
    summary: 'Clusters by name',
    tag: 'fleet',
    query: {
      ...pageQuery,
      environment: scope.environment,
      app: v.exactOptional(v.pipe(appName, v.description('Clusters that should run this app'))),
      status: v.exactOptional(models.ClusterStatus),
      silent: v.exactOptional(v.boolean()),
      retired: v.exactOptional(v.pipe(v.boolean(), v.description('Those no longer in the fleet repository'))),
      selector: v.exactOptional(
        v.pipe(
          v.string(),
          v.maxLength(limits.labelSelectorChars),
          v.description('Labels as kubectl selects them: `tier=edge,region in (eu, us),!legacy`'),
        ),
      ),
    },
    answer: models.ClusterPage,
    handle: ({ query: { limit, cursor, selector, ...filters } }) =>
      listClusters(
        database,
        { ...filters, labels: selector === undefined ? undefined : parseLabelSelector(selector) },
        { limit, cursor },
      ),
  })
  addRoute(server, {
    method: 'GET',
    url: '/v1/clusters/:cluster',
    operationId: 'getCluster',
    summary: 'One cluster: assignment, agent, and how each of its apps is',
    tag: 'fleet',
    params: { cluster: clusterName },
    answer: models.ClusterDetail,
    handle: async ({ params }) =>
      (await readCluster(database, params.cluster)) ?? missing('cluster', params.cluster),
  })
}
