import type { Counts, EnvironmentHealth } from '../api/resources.ts'

/** Enough of a commit's id to tell it from others, as Git shortens it. */
export const shortCommit = (id: string): string => id.slice(0, 8)

/** `5/7`: how many of a group. */
export const share = (part: number | undefined, whole: Counts): string => `${part ?? 0}/${whole.total}`

/** `12: 10 healthy, 2 silent`, without the states nobody is in. */
export function countsText(counts: Counts): string {
  const states = statesText(counts, () => true)
  return states === '' ? `${counts.total}` : `${counts.total}: ${states}`
}

/** What keeps a group from being healthy: `1 degraded, 2 silent`; empty when nothing does. */
export const unhealthyText = (counts: Counts): string => statesText(counts, (state) => state !== 'healthy')

/** What keeps an environment from being healthy on the head commit. */
export function environmentTroubleText({ clusters, heldApps }: EnvironmentHealth): string {
  const held = heldApps === 0 ? [] : [`${heldApps} ${heldApps === 1 ? 'app' : 'apps'} held back`]
  return [unhealthyText(clusters), ...held].filter((text) => text !== '').join(', ')
}

function statesText(counts: Counts, wanted: (state: string) => boolean): string {
  return Object.entries(counts)
    .filter(([state, count]) => state !== 'total' && count > 0 && wanted(state))
    .map(([state, count]) => `${count} ${state}`)
    .join(', ')
}
