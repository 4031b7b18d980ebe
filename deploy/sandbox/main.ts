/**
 * The sandbox: a whole fleet on one machine, every part of it real but for the clusters, which are simulated.
 * `npm run demo` brings it up and keeps it up; with `--smoke` it is measured and taken down again.
 */
import { readArguments, USAGE } from './arguments.ts'
import { demo } from './demo.ts'
import { listenForEnding } from './ending.ts'
import { smoke } from './smoke/index.ts'
import { claimLock, endLeftovers, isRunning, makeState, removeState, statePaths } from './state/index.ts'

/** What the command line of a sandbox contains. */
const OWN_COMMAND = 'sandbox/main.ts'

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`roadstead: ${(error as Error).message}\n`)
  process.exitCode = 1
}
process.exit()

async function main(words: readonly string[]): Promise<number> {
  const wanted = readArguments(words)
  if (wanted.help) {
    process.stdout.write(USAGE)
    return 0
  }
  const ending = await listenForEnding()
  // The smoke run begins with nothing and leaves nothing, so it must not touch the data of a sandbox that is used.
  const paths = statePaths(wanted.smoke ? 'smoke' : 'sandbox')
  const self = { pid: process.pid, startedMs: Math.round(performance.timeOrigin) }
  const claim = await claimLock(paths.lock, self, (holder) => isRunning({ ...holder, command: OWN_COMMAND }))
  if ('holder' in claim) {
    const { pid, url = 'its hub is not up yet' } = claim.holder
    throw new Error(
      `a sandbox runs already: process ${pid}, ${url}. End it with Ctrl-C there, or kill ${pid}`,
    )
  }
  try {
    for (const { name, pid } of await endLeftovers(paths.processes)) {
      process.stdout.write(`ended ${name} (process ${pid}), left by a run that was killed\n`)
    }
    if (wanted.fresh || wanted.smoke) await removeState(paths)
    makeState(paths)
    return await (wanted.smoke ? smoke : demo)(paths, claim.lock, ending)
  } finally {
    claim.lock.release()
  }
}
