import { Worker } from 'node:worker_threads'
import { messageOf } from '@roadstead/proto'
import type { RenderJob, RenderOutcome } from './job.ts'
import { renderLimits } from './limits.ts'

/**
 * The one thread that builds: the event loop stays free whatever an overlay does. It starts with the first
 * build and takes one after the other; a few are sent ahead, so that it need not wait for us. A build that
 * takes too long or too much memory ends the thread, and is a problem of that build alone: those behind it go
 * to a new thread.
 */
export interface RenderThread {
  run(job: RenderJob): Promise<RenderOutcome>
  /** Ends the thread; builds under way are given up. */
  close(): Promise<void>
}

interface Waiting {
  readonly job: RenderJob
  readonly resolve: (outcome: RenderOutcome) => void
}

type Answer = { readonly outcome?: RenderOutcome; readonly error?: unknown }

export function renderThread(): RenderThread {
  return new Thread()
}

class Thread implements RenderThread {
  #worker: Worker | undefined
  /** In the order they are built; the first is the one that the thread is at. */
  readonly #waiting: Waiting[] = []
  /** How many of them the thread has been sent. */
  #sent = 0
  #timer: NodeJS.Timeout | undefined

  run(job: RenderJob): Promise<RenderOutcome> {
    const { promise, resolve } = Promise.withResolvers<RenderOutcome>()
    this.#waiting.push({ job, resolve })
    this.#send()
    return promise
  }

  async close(): Promise<void> {
    const worker = this.#worker
    while (this.#waiting.length > 0) this.#settle(failed(this.#waiting[0]!.job, 'the renderer was closed'))
    this.#worker = undefined
    await worker?.terminate()
  }

  #send(): void {
    this.#worker ??= this.#start()
    this.#worker.ref()
    for (const { job } of this.#waiting.slice(this.#sent, renderLimits.jobsAhead)) {
      this.#worker.postMessage(job)
      this.#sent += 1
    }
    this.#timer ??= setTimeout(
      () => this.#giveUp(`rendering took more than ${renderLimits.buildMs} ms`),
      renderLimits.buildMs,
    )
  }

  #start(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: renderLimits.workerHeapMegabytes },
    })
    const isCurrent = () => this.#worker === worker
    worker.on('message', ({ outcome, error }: Answer) => {
      if (!isCurrent()) return
      if (outcome) this.#settle(outcome)
      else this.#giveUp(`the renderer failed: ${messageOf(error)}`)
    })
    worker.on('error', (error) => {
      if (isCurrent()) this.#giveUp(`the renderer broke down: ${messageOf(error)}`)
    })
    worker.on('exit', () => {
      if (isCurrent()) this.#giveUp('the renderer ended')
    })
    return worker
  }

  /** The first build is through: the clock starts again for the next. */
  #settle(outcome: RenderOutcome): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#sent = Math.max(0, this.#sent - 1)
    this.#waiting.shift()?.resolve(outcome)
    if (this.#waiting.length > 0) this.#send()
    else this.#worker?.unref()
  }

  /** Ends the thread for what the first build did to it; what was sent behind that one is sent again. */
  #giveUp(message: string): void {
    void this.#worker?.terminate()
    this.#worker = undefined
    this.#sent = 0
    const [first] = this.#waiting
    if (first) this.#settle(failed(first.job, message))
  }
}

const failed = ({ directory }: RenderJob, message: string): RenderOutcome => ({
  kind: 'problems',
  problems: [{ code: 'render-failed', message, file: directory }],
})
