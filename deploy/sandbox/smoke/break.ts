import type { AppDetail, Placement } from '@roadstead/hub/readmodel'
import { until } from '@roadstead/test/harness'
import { type Context, pushTag, type SmokeStep, settled } from './context.ts'
import { duration, type Result } from './result.ts'
import { APP } from './storefront.ts'

const ENVIRONMENT = 'staging'
/** The simulated cluster lets containers of such an image crash. */
const CRASHING_TAG = 'crash-loop'
const GOOD_TAG = '1.28.9-alpine'
/** What the kubelet calls it; every report must say so. */
const REASON = 'CrashLoopBackOff'
const REPORTED_DEADLINE_MS = 20_000

/** Breaks one app in one environment: it must be reported there, with the reason, and nowhere else. */
export const breakApp: SmokeStep = async (context) => {
  const { pushedMs } = await pushTag(context, [ENVIRONMENT], CRASHING_TAG)
  const broken = await until(() => brokenPlacements(context), {
    deadlineMs: REPORTED_DEADLINE_MS,
    everyMs: 40,
    message: `${APP} is reported degraded on every cluster of ${ENVIRONMENT}`,
  })
  const reportedMs = performance.now()
  const { environments } = await context.sandbox.api.get<AppDetail>(`/v1/apps/${APP}`)
  const others = environments.filter(({ name }) => name !== ENVIRONMENT)
  const ill = others.filter(({ clusters }) => clusters.healthy !== clusters.total)
  if (ill.length > 0) throw new Error(`${ill.map(({ name }) => name).join(', ')} is ill as well`)

  const repair = await pushTag(context, [ENVIRONMENT], GOOD_TAG)
  return [
    {
      what: `crash loop in ${ENVIRONMENT} → reported`,
      measured: duration(reportedMs - pushedMs),
    },
    { what: `  reason, on its ${broken.length} clusters`, measured: REASON, target: 'named', met: true },
    {
      what: '  the other environments',
      measured: others
        .map(({ name, clusters }) => `${name} ${clusters.healthy}/${clusters.total}`)
        .join(', '),
      target: 'healthy',
      met: true,
    },
    {
      what: 'repair pushed → healthy',
      measured: duration((await settled(context)) - repair.pushedMs),
    },
  ] satisfies Result[]
}

/** Those of the environment, once all of them are degraded and say why. */
async function brokenPlacements({ sandbox, environmentOf }: Context): Promise<Placement[] | undefined> {
  const placements = await sandbox.api.list<Placement>('/v1/placements', {
    app: APP,
    environment: ENVIRONMENT,
  })
  const expected = [...environmentOf.values()].filter((name) => name === ENVIRONMENT).length
  const broken = placements.filter(({ status, reason }) => status === 'degraded' && reason?.includes(REASON))
  return broken.length === expected ? broken : undefined
}
