/** The other end of `thread.ts`: runs render jobs, one after the other. */
import { parentPort } from 'node:worker_threads'
import { type RenderJob, runRenderJob } from './job.ts'

parentPort?.on('message', async ({ id, job }: { id: number; job: RenderJob }) => {
  try {
    parentPort?.postMessage({ id, outcome: await runRenderJob(job) })
  } catch (error) {
    parentPort?.postMessage({ id, error })
  }
})
