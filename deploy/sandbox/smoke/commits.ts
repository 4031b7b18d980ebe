import { pushTag, type SmokeStep, settled } from './context.ts'
import { below, duration, percentile, type Result, spread } from './result.ts'
import { APP, DEPLOYMENTS, ENVIRONMENTS, imageOf, runs } from './storefront.ts'

const COMMITS = 4
const APPLIED_P50_MS = 1_000

/** Changes one app everywhere, a few times, and times how the commit reaches every cluster. */
export const timeCommits: SmokeStep = async (context) => {
  const { clusters, signal } = context
  const watches = await Promise.all(clusters.map((one) => one.watch(DEPLOYMENTS, APP, signal)))
  const push: number[] = []
  const applied: number[] = []
  const fromStart: number[] = []
  const healthy: number[] = []
  for (let commit = 1; commit <= COMMITS; commit++) {
    const image = imageOf(`1.28.${commit}-alpine`)
    const { beganMs, pushedMs } = await pushTag(context, ENVIRONMENTS, `1.28.${commit}-alpine`)
    const sightings = await Promise.all(
      watches.map((watch) => watch.seen(`runs ${image}`, runs(image), beganMs)),
    )
    push.push(pushedMs - beganMs)
    // A quick agent is done before git has said goodbye.
    applied.push(...sightings.map(({ atMs }) => Math.max(0, atMs - pushedMs)))
    fromStart.push(...sightings.map(({ atMs }) => atMs - beganMs))
    healthy.push((await settled(context)) - pushedMs)
  }
  const target = below('', percentile(applied, 50), APPLIED_P50_MS, duration)
  return [
    { what: 'git push, checked by the hub', measured: spread(push) },
    {
      ...target,
      what: `pushed → applied, each of ${clusters.length} clusters`,
      measured: spread(applied),
      target: `p50 ${target.target}`,
    },
    { what: '  from the start of git push', measured: spread(fromStart) },
    { what: 'pushed → healthy on all of them', measured: spread(healthy) },
  ] satisfies Result[]
}
