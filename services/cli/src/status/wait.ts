import { setTimeout as delay } from 'node:timers/promises'
import type { ApiClient } from '../api/client.ts'
import type { Commit, FleetHealth } from '../api/resources.ts'
import type { Context } from '../context.ts'
import { exitCodes, Failure } from '../exit.ts'
import { sourceProblemText } from '../output/problems.ts'
import { createProgress } from './progress.ts'
import { isHopeless, isSettled } from './settled.ts'

const pollMs = 500

export interface WaitOptions {
  readonly timeoutMs: number
  /** Right after a push the hub may still show the commit before it as settled; this one is waited for. */
  readonly commit?: string | undefined
}

/**
 * Asks again and again until the whole fleet is healthy on its head commit, until that can not happen any
 * more (see `isHopeless`), or until the time is over.
 *
 * A server that answered once may go away for a while: a hub that restarts does not end the wait.
 *
 * @returns the last answer; whether it is settled is the caller's to say
 * @throws Failure when the first question gets no answer, or a later one is refused; `no` when the commit is
 * not valid, or was not seen in time
 */
export async function waitUntilSettled(
  client: ApiClient,
  context: Context,
  { timeoutMs, commit }: WaitOptions,
): Promise<FleetHealth> {
  const deadlineMs = context.clock.now() + timeoutMs
  const isLate = () => context.clock.now() >= deadlineMs
  const progress = createProgress(context)
  let awaited = commit
  const ask = async (): Promise<FleetHealth> => {
    if (awaited !== undefined && (await isTaken(client, awaited))) awaited = undefined
    return client.get<FleetHealth>('/v1/fleet/health')
  }
  const isOver = (health: FleetHealth) =>
    isLate() || (awaited === undefined && (isSettled(health) || isHopeless(health)))
  try {
    let health = await ask()
    progress.show(health)
    while (!isOver(health)) {
      await delay(pollMs, undefined, { signal: context.signal })
      try {
        health = await ask()
        progress.show(health)
      } catch (error) {
        if (!isPassing(error) || isLate()) throw error
        progress.trouble(error.message)
      }
    }
    if (awaited === undefined) return health
    throw new Failure(exitCodes.no, `the hub has not seen the commit ${awaited}`, { code: 'timeout' })
  } finally {
    progress.end()
  }
}

/** Has the hub put this commit in force, be it that a newer one is now? */
async function isTaken(client: ApiClient, id: string): Promise<boolean> {
  const commit = await client.get<Commit>(`/v1/commits/${encodeURIComponent(id)}`).catch((error: unknown) => {
    if (error instanceof Failure && error.code === 'not-found') return undefined
    throw error
  })
  if (commit?.status === 'invalid' || commit?.status === 'rejected') {
    const problems = commit.problems.map((problem) => sourceProblemText(problem)).join('; ')
    throw new Failure(exitCodes.no, `the hub refused the commit ${commit.id}: ${problems}`, {
      advice: `roadstead commits ${id} has all of it.`,
    })
  }
  return commit !== undefined
}

const isPassing = (error: unknown): error is Failure =>
  error instanceof Failure && error.exitCode === exitCodes.unreachable
