import { attributes, createAgent, createJsonLog, exitsWithParent, readAgentConfig } from '@roadstead/agent'
import { messageOf } from '@roadstead/proto'

/** The agent as a program: environment in, JSON lines out; 0 when it was told to end, 1 when it could not go on. */
const ending = new AbortController()
process.once('SIGTERM', () => ending.abort())
process.once('SIGINT', () => ending.abort())
if (exitsWithParent(process.env)) followParent(() => ending.abort())

/** What still hangs on a peer that does not answer is not waited for. */
const lastWordMs = 5_000

try {
  const config = readAgentConfig(process.env)
  const log = createJsonLog(config.telemetry.logLevel)
  ending.signal.addEventListener('abort', () => {
    log.info({ [attributes.cluster]: config.cluster }, 'ending')
    setTimeout(() => process.exit(0), lastWordMs).unref()
  })
  log.info({ [attributes.cluster]: config.cluster }, 'starting')
  await createAgent(config, { log }).run(ending.signal)
  process.exitCode = 0
} catch (error) {
  if (!ending.signal.aborted) {
    process.stderr.write(`${messageOf(error)}\n`)
    process.exitCode = 1
  }
}

/** A supervisor that was killed leaves no agent behind. */
function followParent(end: () => void): void {
  if (process.channel) {
    process.once('disconnect', end)
    process.channel.unref()
    return
  }
  process.stdin.once('end', end).once('close', end).once('error', end)
  process.stdin.resume()
  ;(process.stdin as { unref?: () => void }).unref?.()
}
