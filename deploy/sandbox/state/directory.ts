/** Where the sandbox keeps what it keeps: one directory, below the repository, that Git ignores. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { removePostgresData } from '@roadstead/test/harness'

/** The repository that this file is in. */
export const ROOT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))))

/** Root's PostgreSQL runs as another user, who must get through to its data; all else in there is closed. */
export const STATE_MODE = process.getuid?.() === 0 ? 0o711 : 0o700
const PRIVATE_DIRECTORY = 0o700
const PRIVATE_FILE = 0o600

export interface StatePaths {
  readonly directory: string
  readonly lock: string
  readonly ports: string
  readonly processes: string
  readonly token: string
  /** Server and token for the CLI, which looks for this file from where it is called upwards. */
  readonly client: string
  readonly kubeconfig: string
  readonly secrets: string
  readonly postgres: string
  readonly nats: { readonly config: string; readonly store: string; readonly accounts: string }
  /** The hub's repository. */
  readonly repository: string
  /** The working tree from which the sample fleet was pushed. */
  readonly clone: string
  /** The objects of the simulated clusters. */
  readonly clusters: string
  /** One directory a cluster: what its agent keeps. */
  readonly agents: string
  readonly logs: string
  /** What Node compiled; beside the state, for all runs. */
  readonly compileCache: string
}

/** @param name `sandbox`, or another one for a run that must not touch the sandbox's data */
export function statePaths(name: string): StatePaths {
  const directory = join(ROOT, '.roadstead', name)
  const at = (...path: string[]) => join(directory, ...path)
  return {
    directory,
    lock: `${directory}.lock`, // beside it: it is held while the directory is removed and made anew
    ports: at('ports.json'),
    processes: at('processes.json'),
    token: at('token'),
    client: at('client.json'),
    kubeconfig: at('kubeconfig.yaml'),
    secrets: at('secrets'),
    postgres: at('postgres'),
    nats: { config: at('nats', 'server.conf'), store: at('nats', 'store'), accounts: at('nats', 'accounts') },
    repository: at('fleet.git'),
    clone: at('fleet'),
    clusters: at('clusters.json'),
    agents: at('agents'),
    logs: at('logs'),
    compileCache: join(ROOT, '.roadstead', 'compile-cache'),
  }
}

export function makeState({ directory, nats, repository, clone, agents, logs }: StatePaths): void {
  mkdirSync(directory, { recursive: true, mode: STATE_MODE })
  for (const path of [dirname(nats.config), repository, clone, agents, logs]) {
    mkdirSync(path, { recursive: true, mode: PRIVATE_DIRECTORY })
  }
}

/** Forgets everything. Nothing of it may run. */
export async function removeState({ directory, postgres }: StatePaths): Promise<void> {
  await removePostgresData(postgres) // which for root is somewhere else
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
}

/** Replaces a file as a whole; for our eyes only. */
export function writePrivate(path: string, content: string): void {
  const scratch = `${path}.${process.pid}`
  writeFileSync(scratch, content, { mode: PRIVATE_FILE })
  renameSync(scratch, path)
}
