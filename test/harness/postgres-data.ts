/** A PostgreSQL data directory: making one, and taking over one that an earlier server left. */
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PostgresUser } from './native-postgres.ts'
import { run } from './process.ts'
import { findProcess } from './process-table.ts'
import { until } from './until.ts'

/** The role that owns everything. */
export const OWNER = 'roadstead'

const PASSWORD_FILE = 'roadstead.password'
const LOCK_FILE = 'postmaster.pid'
const RETIREMENT_DEADLINE_MS = 20_000
/** "Immediate": the next start recovers from the log, as after a crash. */
const STOP_NOW: NodeJS.Signals = 'SIGQUIT'

/**
 * Makes the directory and the database cluster in it, unless it is there. It appears complete or not at all.
 * @returns the owner's password, which is kept in the directory
 */
export async function initialiseData(
  initdb: string,
  dataDirectory: string,
  user: PostgresUser,
): Promise<string> {
  const passwordFile = join(dataDirectory, PASSWORD_FILE)
  if (existsSync(passwordFile)) return readFileSync(passwordFile, 'utf8')
  if (existsSync(dataDirectory)) {
    throw new Error(
      `${dataDirectory} exists, but it is not PostgreSQL data of Roadstead; name another directory`,
    )
  }
  const scratch = `${dataDirectory}.new`
  const passwordInput = `${scratch}.password`
  rmSync(scratch, { recursive: true, force: true })
  mkdirSync(scratch, { recursive: true, mode: 0o700 })
  const password = randomBytes(18).toString('base64url')
  writeFileSync(passwordInput, password, { mode: 0o600 })
  if ('uid' in user) for (const path of [scratch, passwordInput]) chownSync(path, user.uid, user.gid)
  await runInitdb(initdb, scratch, passwordInput, user)
  renameSync(passwordInput, join(scratch, PASSWORD_FILE))
  renameSync(scratch, dataDirectory)
  return password
}

async function runInitdb(
  initdb: string,
  directory: string,
  passwordFile: string,
  user: PostgresUser,
): Promise<void> {
  const args = ['-D', directory, '-U', OWNER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
  // One small log segment, no flush and no look at the machine's locale: this is most of a test's start.
  args.push('--encoding=UTF8', '--no-locale', '--no-sync', '--wal-segsize=4')
  const result = await run(initdb, { ...user, args, cwd: directory })
  if (result.code !== 0)
    throw new Error(`initdb could not make ${directory}:\n${result.stdout}${result.stderr}`)
}

/**
 * Ends a server that still holds the directory although its owner is gone, and clears away a lock file that
 * names nobody, or a process that has since been given the same id. PostgreSQL itself would refuse to start.
 */
export async function retirePredecessor(dataDirectory: string): Promise<void> {
  const pid = lockHolder(dataDirectory)
  if (pid === undefined) return
  if (await serves(pid, dataDirectory)) {
    process.kill(pid, STOP_NOW)
    const gone = async () => !(await serves(pid, dataDirectory))
    await until(gone, {
      deadlineMs: RETIREMENT_DEADLINE_MS,
      message: `PostgreSQL ${pid} of an earlier run ended`,
    })
  }
  rmSync(join(dataDirectory, LOCK_FILE), { force: true })
}

/** The process id on the first line of the lock file. */
function lockHolder(dataDirectory: string): number | undefined {
  const path = join(dataDirectory, LOCK_FILE)
  if (!existsSync(path)) return undefined
  const pid = Number.parseInt(readFileSync(path, 'utf8'), 10)
  return Number.isNaN(pid) ? undefined : pid
}

/** Whether that process is a server that was started, by us, on that directory. */
async function serves(pid: number, dataDirectory: string): Promise<boolean> {
  const process = await findProcess(pid)
  return process?.command.includes(`postgres -D ${dataDirectory} `) ?? false
}
