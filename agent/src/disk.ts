import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { RoadsteadError } from '@roadstead/proto'

/**
 * What an agent remembers across restarts: small named files. A name is a path of plain segments such as
 * `apps/checkout.json`; every stage keeps to its own names.
 */
export interface StateStore {
  /** The bytes last written under the name; `undefined` if there are none. */
  read(name: string): Promise<Uint8Array | undefined>
  /**
   * Replaces the file as a whole. Once it resolves, the bytes survive a power cut; until then a reader
   * finds the old bytes. Writes of one name happen in the order they were asked for.
   */
  write(name: string, bytes: Uint8Array | string): Promise<void>
  remove(name: string): Promise<void>
  /** Names of the files in a folder, without the folder; empty where there is no such folder. */
  list(folder: string): Promise<string[]>
}

/** Files under one directory, written by fsync and rename, readable by their owner alone. */
export function createDiskStore(directory: string): StateStore {
  const last = new Map<string, Promise<void>>()

  const inOrder = (name: string, act: () => Promise<void>): Promise<void> => {
    const before = last.get(name) ?? Promise.resolve()
    const now = before.then(act, act).finally(() => {
      if (last.get(name) === now) last.delete(name)
    })
    last.set(name, now)
    return now
  }

  return {
    read: (name) => readFile(join(directory, name)).catch(noneIfAbsent),
    write: (name, bytes) => inOrder(name, () => replaceFile(join(directory, name), bytes)),
    remove: (name) => inOrder(name, () => rm(join(directory, name), { force: true })),
    async list(folder) {
      const names = await readdir(join(directory, folder)).catch(noneIfAbsent)
      return (names ?? []).filter((name) => !name.endsWith(unfinished)).sort()
    },
  }
}

/** A store that forgets with its process, for agents whose cluster is simulated. */
export function createMemoryStore(): StateStore {
  const files = new Map<string, Uint8Array>()
  return {
    read: async (name) => files.get(name),
    write: async (name, bytes) => {
      files.set(name, typeof bytes === 'string' ? Buffer.from(bytes) : bytes)
    },
    remove: async (name) => {
      files.delete(name)
    },
    list: async (folder) =>
      [...files.keys()]
        .filter((name) => name.startsWith(`${folder}/`))
        .map((name) => name.slice(folder.length + 1))
        .sort(),
  }
}

const unfinished = '.new'

async function replaceFile(path: string, bytes: Uint8Array | string): Promise<void> {
  const temporary = `${path}${unfinished}`
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const file = await open(temporary, 'w', 0o600)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (cause) {
    throw new RoadsteadError('unavailable', `could not write ${path}`, { retry: 'retry', cause })
  }
}

/** Without it a rename may be forgotten by a power cut although the file's bytes are safe. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function noneIfAbsent(cause: NodeJS.ErrnoException): undefined {
  if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined
  throw new RoadsteadError('unavailable', 'could not read the state directory', { retry: 'retry', cause })
}
