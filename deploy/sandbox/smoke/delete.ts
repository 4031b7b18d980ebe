import { clusterNamed, type SmokeStep } from './context.ts'
import { below, duration } from './result.ts'
import { APP, SERVICES } from './storefront.ts'

const CLUSTER = 'prod-us-east-1'
const REPAIRED_MS = 1_000

/** Deletes an object on one cluster, and times until another one is in its place. */
export const deleteObject: SmokeStep = async (context) => {
  const cluster = clusterNamed(context, CLUSTER)
  const ending = new AbortController()
  const watch = await cluster.watch(SERVICES, APP, AbortSignal.any([context.signal, ending.signal]))
  const beganMs = performance.now()
  await cluster.delete(`${SERVICES}/${APP}`)
  const deleted = await watch.seen('is deleted', ({ type }) => type === 'DELETED', beganMs)
  const made = await watch.seen('is made again', ({ type }) => type === 'ADDED', deleted.atMs)
  ending.abort()
  if (made.object.metadata.uid === deleted.object.metadata.uid) throw new Error('the Service was not deleted')
  return [below('deleted object made again', made.atMs - deleted.atMs, REPAIRED_MS, duration)]
}
