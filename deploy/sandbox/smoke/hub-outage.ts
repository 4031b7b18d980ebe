import type { FleetEvent } from '@roadstead/hub/readmodel'
import { until } from '@roadstead/test/harness'
import type { Api } from '../api/index.ts'
import { type SmokeStep, settled } from './context.ts'
import { correctedDrift } from './drift.ts'
import { editOn } from './edit.ts'
import { findEditor } from './kubectl.ts'
import { below, duration, type Result } from './result.ts'
import { APP, imageOf } from './storefront.ts'

const CLUSTER = 'prod-edge-ams-1'
const MANAGER = 'smoke-outage'
const REPAIRED_MS = 1_000

/** Kills the hub, changes an object while it is gone, starts it, and looks for anything that was lost. */
export const surviveHub: SmokeStep = async (context) => {
  const { api, parts, paths } = context.sandbox
  const editor = await findEditor(paths.kubeconfig)
  const before = await api.list<FleetEvent>('/v1/events')
  await parts.hub.kill()
  const repairMs = await editOn(context, CLUSTER, editor, imageOf('edited-in-an-outage'), MANAGER)
  const startedMs = performance.now()
  await parts.hub.start()
  const upMs = performance.now()
  await correctedDrift(api, CLUSTER, ({ object, manager }) => object.name === APP && manager === MANAGER)
  const reportedMs = performance.now()
  await settled(context)

  const after = await until(() => eventsWithOutage(api), {
    message: `the events tell of the outage's drift on ${CLUSTER}`,
  })
  const ids = new Set(after.map(({ id }) => id))
  const kept = before.filter(({ id }) => ids.has(id)).length
  if (kept !== before.length) throw new Error(`${before.length - kept} of ${before.length} events are gone`)
  if (ids.size !== after.length) throw new Error('events are listed twice')
  return [
    below('hub killed: edit repaired without it', repairMs, REPAIRED_MS, duration),
    { what: 'hub started → ready', measured: duration(upMs - startedMs) },
    { what: '  → drift of the outage on record', measured: duration(reportedMs - startedMs) },
    {
      what: '  events kept',
      measured: `${kept} of ${before.length}, ${after.length - kept} new`,
      target: 'all',
      met: true,
    },
  ] satisfies Result[]
}

/** All events, once they tell of what was done in the outage. */
async function eventsWithOutage(api: Api): Promise<FleetEvent[] | undefined> {
  const events = await api.list<FleetEvent>('/v1/events')
  const isTold = events.some(
    ({ type, cluster, data }) => type.startsWith('drift.') && cluster === CLUSTER && data.manager === MANAGER,
  )
  return isTold ? events : undefined
}
