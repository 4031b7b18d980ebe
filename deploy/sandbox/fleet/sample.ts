/** The sample fleet: which clusters it has, and how it gets into the hub. */
import { cpSync, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { cloneRepository, type WorkingTree, workingTree } from '@roadstead/test/harness'
import { ROOT } from '../state/index.ts'

const SAMPLE_FLEET = join(ROOT, 'deploy', 'sample-fleet')
const AUTHOR = { name: 'Roadstead sandbox', email: 'sandbox@roadstead.example' }

const GIT_ENVIRONMENT = {
  GIT_AUTHOR_NAME: AUTHOR.name,
  GIT_AUTHOR_EMAIL: AUTHOR.email,
  GIT_COMMITTER_NAME: AUTHOR.name,
  GIT_COMMITTER_EMAIL: AUTHOR.email,
  // A proxy of the machine cannot reach our loopback.
  NO_PROXY: '127.0.0.1',
  no_proxy: '127.0.0.1',
}

/** The names of its clusters, in the order in which a change travels as far as names can tell. */
export function sampleClusters(): readonly string[] {
  return readdirSync(join(SAMPLE_FLEET, 'clusters'))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.replace(/\.yaml$/, ''))
    .sort()
}

/** Clones the hub's repository as anybody would, or goes on with the clone that is there. */
export async function openClone(directory: string, remote: string): Promise<WorkingTree> {
  const options = { env: GIT_ENVIRONMENT }
  if (!existsSync(join(directory, '.git'))) return cloneRepository(remote, directory, options)
  const clone = workingTree(directory, options)
  await clone.git('remote', 'set-url', 'origin', remote) // the port may be another one by now
  return clone
}

/**
 * Pushes the sample fleet into a hub that has no commit yet.
 * @returns the commit
 * @throws {Error} with what the hub said, when it refuses the push
 */
export async function pushSampleFleet(clone: WorkingTree): Promise<string> {
  cpSync(SAMPLE_FLEET, clone.directory, { recursive: true })
  const commit = await clone.commit('Bring in the sample fleet')
  await push(clone)
  return commit
}

/** @throws {Error} with what the hub said, when it refuses */
export async function push(clone: WorkingTree): Promise<void> {
  const { code, stderr } = await clone.push()
  if (code !== 0) throw new Error(`the hub refused the push:\n${stderr.trimEnd()}`)
}
