import { setTimeout as delay } from 'node:timers/promises'
import type { ApiClient } from '../api/client.ts'
import type { FleetHealth } from '../api/resources.ts'
import type { Context } from '../context.ts'
import { exitCodes, Failure } from '../exit.ts'
import { createProgress } from './progress.ts'
import { isHeadInvalid, isSettled } from './settled.ts'

const pollMs = 500

/**
 * Asks again and again until the whole fleet is healthy on its head commit, until that can not happen any
 * more (the head does not validate), or until the time is over.
 *
 * A server that answered once may go away for a while: a hub that restarts does not end the wait.
 *
 * @returns the last answer; whether it is settled is the caller's to say
 * @throws Failure when the first question gets no answer, or a later one is refused
 */
export async function waitUntilSettled(
  client: ApiClient,
  context: Context,
  timeoutMs: number,
): Promise<FleetHealth> {
  const deadlineMs = context.clock.now() + timeoutMs
  const progress = createProgress(context)
  const ask = () => client.get<FleetHealth>('/v1/fleet/health')
  const isOver = (health: FleetHealth) =>
    isSettled(health) || isHeadInvalid(health) || context.clock.now() >= deadlineMs
  try {
    let health = await ask()
    progress.show(health)
    while (!isOver(health)) {
      await delay(pollMs, undefined, { signal: context.signal })
      try {
        health = await ask()
        progress.show(health)
      } catch (error) {
        if (!isPassing(error)) throw error
        progress.trouble(error.message)
      }
    }
    return health
  } finally {
    progress.end()
  }
}

const isPassing = (error: unknown): error is Failure =>
  error instanceof Failure && error.exitCode === exitCodes.unreachable
