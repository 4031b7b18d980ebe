import { setTimeout as sleep } from 'node:timers/promises'
import { RoadsteadError } from '@roadstead/proto'
import { sourceLimits } from '../limits.ts'
import type { ObjectEnvironment } from './command.ts'
import type { Repository } from './repository.ts'

export interface Remote {
  readonly url: string
  readonly username: string
  readonly password: string | undefined
  readonly pollMs: number
}

/** Fetches the remote's branch over ours, wherever it points now: a remote that was forced is followed. */
export async function fetchRemote({ git, ref }: Repository, remote: Remote): Promise<void> {
  const args = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', remote.url, `+${ref}:${ref}`]
  await runRemote({ git, ref }, remote, args)
}

/** Pushes one commit to the remote's branch, which must still be where it was when we fetched it. */
export async function pushRemote(repository: Repository, remote: Remote, commit: string): Promise<void> {
  await runRemote(repository, remote, ['push', '--quiet', remote.url, `${commit}:${repository.ref}`])
}

async function runRemote(
  { git }: Pick<Repository, 'git' | 'ref'>,
  remote: Remote,
  args: readonly string[],
): Promise<void> {
  const environment = remoteEnvironment(remote)
  const { code, stderr } = await git.run({ args, environment, timeoutMs: sourceLimits.gitRequestMs })
  if (code === 0) return
  const text = `the Git remote ${withoutCredentials(remote.url)}: ${withoutCredentials(stderr)}`
  throw new RoadsteadError(/rejected|non-fast-forward/.test(stderr) ? 'conflict' : 'unavailable', text, {
    retry: 'retry',
  })
}

/** Credentials go by variables, not by arguments, which every user of the machine can list. */
function remoteEnvironment({ url, username, password }: Remote): ObjectEnvironment {
  const settings: [string, string][] = [
    ['safe.directory', '*'],
    ['fetch.fsckObjects', 'true'],
    ['protocol.allow', 'never'],
    ['protocol.https.allow', 'always'],
    ['protocol.http.allow', 'always'],
  ]
  if (password !== undefined) {
    const token = Buffer.from(`${username}:${password}`).toString('base64')
    settings.push([`http.${url}.extraHeader`, `Authorization: Basic ${token}`])
  }
  const variables = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ])
  return { ...Object.fromEntries(variables), GIT_CONFIG_COUNT: String(settings.length) }
}

const withoutCredentials = (text: string): string => text.replaceAll(/\/\/[^/@\s]+@/g, '//')

export interface Follower {
  /** Asks the remote now rather than at the next turn. */
  poke(): void
  close(): Promise<void>
}

export interface FollowOptions {
  readonly pollMs: number
  /** In [0, 1): spreads the polls of many hubs. */
  readonly random: () => number
  readonly fetch: () => Promise<void>
  readonly failed: (error: unknown) => void
}

const longestBackoff = 8

/**
 * Fetches at once, then every `pollMs`, less up to a quarter of it at random; after failures at growing
 * distances. A poke during a fetch leads to another one, so that none is lost.
 */
export function follow({ pollMs, random, fetch, failed }: FollowOptions): Follower {
  const closing = new AbortController()
  let wake = new AbortController()
  const run = async () => {
    let failures = 0
    while (!closing.signal.aborted) {
      wake = new AbortController()
      try {
        await fetch()
        failures = 0
      } catch (error) {
        failures += 1
        failed(error)
      }
      const factor = Math.min(2 ** failures, longestBackoff)
      const signal = AbortSignal.any([wake.signal, closing.signal])
      await sleep(pollMs * factor * (1 - random() / 4), undefined, { signal }).catch(() => {})
    }
  }
  const running = run()
  return {
    poke: () => wake.abort(),
    async close() {
      closing.abort()
      await running
    },
  }
}
