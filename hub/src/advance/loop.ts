import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf, messageOf } from '@roadstead/proto'
import type { Source } from '../source/index.ts'
import { attributes, type Telemetry } from '../telemetry/index.ts'
import type { Advance } from './advance.ts'

export interface AdvanceLoop {
  /** Looks at the head again: it may have moved. */
  wake(): void
  /** Resolves once nothing is under way any more. */
  close(): Promise<void>
}

export interface AdvanceLoopOptions {
  readonly source: Pick<Source, 'head' | 'onHead'>
  readonly advance: Pick<Advance, 'advance'>
  readonly telemetry: Telemetry
  /** Aborted when this process leads no more. */
  readonly signal: AbortSignal
  readonly retryMinMs?: number
  readonly retryMaxMs?: number
  /** The head is looked at this often when nobody calls: a call between replicas may get lost. */
  readonly pollMs?: number
}

/**
 * Keeps the fleet at the head of the repository: at once, whenever the head moves, and again after a
 * failure at growing distances, and now and then in any case. Heads that come while one is worked on are taken together.
 */
export function startAdvancing(options: AdvanceLoopOptions): AdvanceLoop {
  const { source, advance, telemetry, signal } = options
  const { retryMinMs = 250, retryMaxMs = 30_000, pollMs = 30_000 } = options
  const closing = new AbortController()
  const ended = AbortSignal.any([closing.signal, signal])
  let call = Promise.withResolvers<void>()
  const wake = () => call.resolve()

  const step = async (): Promise<boolean> => {
    try {
      const head = await source.head()
      if (head) await advance.advance(head, ended)
      return true
    } catch (error) {
      if (!ended.aborted) {
        telemetry.logger.error(
          { err: error, [attributes.code]: codeOf(error) },
          `the head can not be taken over: ${messageOf(error)}`,
        )
      }
      return false
    }
  }

  const run = async () => {
    let retryMs = retryMinMs
    while (!ended.aborted) {
      call = Promise.withResolvers<void>()
      const isDone = await step()
      retryMs = isDone ? retryMinMs : Math.min(retryMs * 2, retryMaxMs)
      const waiting = new AbortController()
      const pause = sleep(isDone ? pollMs : retryMs, undefined, {
        signal: AbortSignal.any([waiting.signal, ended]),
      })
      await Promise.race([call.promise, pause.catch(() => {})])
      waiting.abort()
    }
  }

  const forget = source.onHead(wake)
  const running = run()
  return {
    wake,
    async close() {
      closing.abort()
      forget()
      await running
    },
  }
}
