/** What the sandbox keeps between runs, and how it knows what is its own. */
export { makeState, ROOT, removeState, type StatePaths, statePaths, writePrivate } from './directory.ts'
export { type Claim, claimLock, type Holder, type Lock } from './lock.ts'
export { type Logs, openLogs } from './log-file.ts'
export { choosePorts, type Ports, portOf, readPorts, writePorts } from './ports.ts'
export { createLedger, endLeftovers, isRunning, type Ledger, type OwnProcess } from './processes.ts'
export { apiToken } from './token.ts'
