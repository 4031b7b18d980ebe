import type { FastifyInstance } from 'fastify'
import * as v from 'valibot'
import type { ApiEdges } from '../edges.ts'
import { limits } from '../limits.ts'
import { notHere } from '../missing.ts'
import { appName, clusterName, environmentName, models } from '../models/index.ts'
import { addRoute } from '../route.ts'

const shortText = (description: string) =>
  v.pipe(v.string(), v.minLength(1), v.maxLength(limits.fieldPathChars), v.description(description))

/** Why a field is as it is. */
export function addExplainRoutes(server: FastifyInstance, { explainer }: ApiEdges): void {
  addRoute(server, {
    method: 'GET',
    url: '/v1/apps/:app/environments/:environment/explain',
    operationId: 'explainField',
    summary:
      'Which file, line and commit set a field, what it replaced, and what agents put in for variables',
    description:
      'The overlay is built anew for it, at the commit in force; that of an app that is held back, at the ' +
      'commit of the release it has. Names that mean nothing are refused with those that may have been meant.',
    tag: 'fleet',
    params: { app: appName, environment: environmentName },
    query: {
      object: shortText('`Deployment/web`, `Deployment/shop/web` or `Deployment.apps/web`'),
      field: v.exactOptional(
        shortText(
          '`spec.replicas`, `spec.containers[name=web].image` or a JSON pointer; without it, all fields',
        ),
      ),
      cluster: v.exactOptional(clusterName),
    },
    answer: models.Explanation,
    handle: async ({ params, query }) => {
      const explanation = await (explainer ?? notHere('explanations')).explain({ ...params, ...query })
      return exactIntegersAsText(explanation)
    },
  })
}

/** Integers beyond 2^53 would not survive a reader's JSON parser: they are written as text. */
const exactIntegersAsText = <T>(value: T): T =>
  JSON.parse(
    JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? String(each) : each)),
  ) as T
