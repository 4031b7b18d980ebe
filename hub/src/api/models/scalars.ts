import { AppNameSchema, ClusterNameSchema, EnvironmentNameSchema } from '@roadstead/proto'
import * as v from 'valibot'
import { limits } from '../limits.ts'

/** Building blocks of requests and answers. */

export const list = <Item extends v.GenericSchema>(item: Item) => v.pipe(v.array(item), v.readonly())

export const text = v.string()
export const count = v.pipe(v.number(), v.integer(), v.minValue(0))
export const whole = v.pipe(v.number(), v.integer())
/** RFC 3339 in UTC. */
export const time = v.pipe(v.string(), v.metadata({ format: 'date-time' }))

export const clusterName = v.pipe(ClusterNameSchema, v.description('Name of a cluster'))
export const appName = v.pipe(AppNameSchema, v.description('Name of an app'))
export const environmentName = v.pipe(EnvironmentNameSchema, v.description('Name of an environment'))

/** Counts by status, with their total. */
export const countsOf = <const Status extends string>(statuses: readonly Status[]) =>
  v.object({
    total: count,
    ...(Object.fromEntries(statuses.map((status) => [status, count])) as { [S in Status]: typeof count }),
  })

export const pageOf = <Item extends v.GenericSchema>(item: Item) =>
  v.object({
    items: list(item),
    nextCursor: v.exactOptional(
      v.pipe(v.string(), v.description('Asks for what follows; absent at the end of the list')),
    ),
  })

/** Query parameters of every list. */
export const pageQuery = {
  limit: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(limits.pageItemsMax),
      v.description('Items of this page, at most'),
    ),
    limits.pageItems,
  ),
  cursor: v.exactOptional(
    v.pipe(
      v.string(),
      v.maxLength(limits.cursorChars),
      v.regex(/^[A-Za-z0-9_-]+$/),
      v.description('`nextCursor` of the page before'),
    ),
  ),
}

/** Query parameters that narrow a list to a part of the fleet. */
export const scope = {
  environment: v.exactOptional(environmentName),
  cluster: v.exactOptional(clusterName),
  app: v.exactOptional(appName),
}
