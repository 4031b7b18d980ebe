/** One sandbox at a time on one state directory. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { STATE_MODE } from './directory.ts'

export interface Holder {
  readonly pid: number
  /** Milliseconds since the epoch. */
  readonly startedMs: number
  /** The hub's, once it is known. */
  readonly url?: string
}

export interface Lock {
  /** Tells whoever comes second where to look. */
  announce(url: string): void
  release(): void
}

export type Claim = { readonly lock: Lock } | { readonly holder: Holder }

const MAX_ATTEMPTS = 10

/**
 * Takes the lock, or says who has it. A lock whose holder no longer lives is taken over: a crash never blocks
 * the next start.
 *
 * @param lives whether that holder is a sandbox that runs. A process of that id may be anything by now.
 */
export async function claimLock(
  path: string,
  self: Holder,
  lives: (holder: Holder) => Promise<boolean>,
): Promise<Claim> {
  mkdirSync(dirname(path), { recursive: true, mode: STATE_MODE })
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    if (publish(path, self)) return { lock: heldLock(path, self) }
    const holder = readHolder(path)
    if (holder !== undefined && (await lives(holder))) return { holder }
    removeStale(path, holder)
  }
  throw new Error(`${path} keeps changing hands; try again`)
}

function heldLock(path: string, self: Holder): Lock {
  return {
    announce(url) {
      const scratch = scratchOf(path, self)
      writeFileSync(scratch, JSON.stringify({ ...self, url }), { mode: 0o600 })
      renameSync(scratch, path)
    },
    release() {
      if (isSame(readHolder(path), self)) rmSync(path, { force: true })
    },
  }
}

/** A link appears with all of its content, and not over an existing file. */
function publish(path: string, self: Holder): boolean {
  const scratch = scratchOf(path, self)
  writeFileSync(scratch, JSON.stringify(self), { mode: 0o600 })
  try {
    linkSync(scratch, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(scratch, { force: true })
  }
}

/** Moves it aside first: had another process taken the lock meanwhile, we would see that, and put it back. */
function removeStale(path: string, stale: Holder | undefined): void {
  const aside = `${path}.stale.${process.pid}`
  try {
    renameSync(path, aside)
    if (!isSame(readHolder(aside), stale)) linkSync(aside, path)
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  } finally {
    rmSync(aside, { force: true })
  }
}

/** Undefined when there is none, or nothing that could be one. */
function readHolder(path: string): Holder | undefined {
  try {
    const { pid, startedMs, url } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder>
    if (!Number.isSafeInteger(pid) || !Number.isFinite(startedMs)) return undefined
    return { pid: pid as number, startedMs: startedMs as number, ...(url !== undefined && { url }) }
  } catch {
    return undefined
  }
}

const isSame = (a: Holder | undefined, b: Holder | undefined) =>
  a?.pid === b?.pid && a?.startedMs === b?.startedMs

const scratchOf = (path: string, { pid, startedMs }: Holder) => `${path}.${pid}.${startedMs}`
