/** The other end of `thread.ts`: runs render jobs one after the other, and answers in the same order. */
import { parentPort } from 'node:worker_threads'
import { type RenderJob, runRenderJob } from './job.ts'

let turn: Promise<void> = Promise.resolve()

parentPort?.on('message', (job: RenderJob) => {
  turn = turn.then(async () => {
    try {
      parentPort?.postMessage({ outcome: await runRenderJob(job) })
    } catch (error) {
      parentPort?.postMessage({ error })
    }
  })
})
