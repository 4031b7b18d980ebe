import { Worker } from 'node:worker_threads'
import { messageOf } from '@roadstead/proto'
import type { RenderJob, RenderOutcome } from './job.ts'
import { renderLimits } from './limits.ts'

/**
 * The one thread that builds: the event loop stays free whatever an overlay does. It starts with the first
 * build. One that takes too long or too much memory ends the thread, and is a problem of that build; the next
 * one gets a new thread.
 */
export interface RenderThread {
  run(job: RenderJob): Promise<RenderOutcome>
  close(): Promise<void>
}

type Answer = { readonly id: number; readonly outcome?: RenderOutcome; readonly error?: unknown }

export function renderThread(): RenderThread {
  let worker: Worker | undefined
  let turn: Promise<unknown> = Promise.resolve()
  let lastId = 0

  const start = (): Worker => {
    const started = new Worker(new URL('./worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: renderLimits.workerHeapMegabytes },
    })
    started.unref()
    started.once('exit', () => {
      if (worker === started) worker = undefined
    })
    // A late error of a thread that is being ended is of no interest, but must have a listener.
    started.on('error', () => {})
    return started
  }

  const runNow = async (job: RenderJob): Promise<RenderOutcome> => {
    worker ??= start()
    const current = worker
    lastId += 1
    const id = lastId
    const { promise, resolve } = Promise.withResolvers<RenderOutcome>()
    const broken = (message: string) => {
      worker = undefined
      void current.terminate()
      resolve({ kind: 'problems', problems: [{ code: 'render-failed', message, file: job.directory }] })
    }
    const onMessage = (answer: Answer) => {
      if (answer.id !== id) return
      if (answer.outcome) resolve(answer.outcome)
      else broken(`the renderer failed: ${messageOf(answer.error)}`)
    }
    const onError = (error: unknown) => broken(`the renderer broke down: ${messageOf(error)}`)
    const timer = setTimeout(
      () => broken(`rendering took more than ${renderLimits.buildMs} ms`),
      renderLimits.buildMs,
    )
    current.on('message', onMessage)
    current.on('error', onError)
    current.ref()
    current.postMessage({ id, job })
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      current.off('message', onMessage).off('error', onError).unref()
    }
  }

  return {
    run(job) {
      const next = turn.then(() => runNow(job))
      turn = next.catch(() => {})
      return next
    },
    async close() {
      await worker?.terminate()
    },
  }
}
