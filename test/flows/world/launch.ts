import { type SmallFleet, smallFleet } from './fleet.ts'
import type { Member } from './member.ts'
import type { World } from './world.ts'

/** Pushes a fleet, runs the agent of each of its clusters, and waits until all are healthy. */
export async function launch<Name extends string>(
  world: World,
  fleet: SmallFleet & { readonly clusters: Readonly<Record<Name, string>> },
): Promise<{ readonly commit: string; readonly members: Readonly<Record<Name, Member>> }> {
  const commit = await world.push('Start the fleet', smallFleet(fleet))
  const names = Object.keys(fleet.clusters) as Name[]
  const joined = await Promise.all(names.map(async (name) => [name, await world.join(name)] as const))
  await world.settled(commit)
  return { commit, members: Object.fromEntries(joined) as Record<Name, Member> }
}
