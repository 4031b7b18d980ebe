/** `npm run demo`: up, and up it stays. */
import { type Ending, ended } from './ending.ts'
import { createDisplay, seconds, summary } from './progress/index.ts'
import { createSandbox, STEPS } from './sandbox.ts'
import { waitUntilSettled } from './settle.ts'
import type { Lock, StatePaths } from './state/index.ts'

const SETTLE_DEADLINE_MS = 180_000

/** Brings the sandbox up, says how to use it, and takes it down when told to. Returns the exit code. */
export async function demo(paths: StatePaths, lock: Lock, ending: Ending): Promise<number> {
  const { stdout } = process
  const beganMs = performance.now()
  const display = createDisplay(stdout, STEPS)
  const sandbox = await createSandbox(paths, (line) => display.say(line))
  lock.announce(sandbox.api.url)
  try {
    await Promise.race([ended(ending), bringUp()])
    await ended(ending)
    display.close()
    stdout.write(`\nstopping (${ending.reason}) …\n`)
    return 0
  } finally {
    display.close()
    await sandbox.stop()
  }

  async function bringUp(): Promise<void> {
    stdout.write(`Bringing up a fleet of ${sandbox.clusters.length} simulated clusters.\n`)
    const { signal } = ending
    await sandbox.start(display, signal)
    const onHealth = display.health
    const settled = await waitUntilSettled(sandbox.api, { deadlineMs: SETTLE_DEADLINE_MS, signal, onHealth })
    if (signal.aborted) return
    display.close()
    stdout.write(
      settled === undefined
        ? `\nNot all of the fleet is healthy after ${seconds(performance.now() - beganMs)}; it goes on trying.\n`
        : `\nAll of it is healthy, ${seconds(performance.now() - beganMs)} after the start.\n`,
    )
    stdout.write(
      summary({ ...sandbox, url: sandbox.api.url, kubeconfig: paths.kubeconfig, logs: paths.logs }),
    )
  }
}
