/**
 * Finds the programs of a real Kubernetes API server on this machine, or builds them. Plain JavaScript: the
 * bootstrap runs it on Node 20 before anything is installed, and the test harness imports it too.
 */
import { execFile } from 'node:child_process'
import {
  accessSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { buildKube, buildObstacle } from './kube-build.mjs'

const execute = promisify(execFile)

/** What the tests know how to use, the newest first. The first one is what `npm test` uses. */
export const KUBE_VERSIONS = ['1.36.3', '1.34.2']

const VERSION_DEADLINE_MS = 20_000
const LOCK_POLL_MS = 500

/**
 * @typedef {object} KubePrograms
 * @property {string} version   of Kubernetes, as the server says itself
 * @property {string} apiServer
 * @property {string} etcd
 * @property {string | undefined} controllerManager   assets made for controller tests come without
 */

/**
 * The versions to test with: `ROADSTEAD_KUBE_VERSIONS`, a list with commas; `all` for all we know, `none` to go
 * without. Default: the newest, or whatever `KUBEBUILDER_ASSETS` has.
 * @returns {string[]}
 * @throws {Error} when it is no list of versions
 */
export function chosenKubeVersions(environment = process.env) {
  const words = (environment.ROADSTEAD_KUBE_VERSIONS ?? '').split(',').map((word) => word.trim())
  const chosen = words.filter(Boolean)
  if (chosen.length === 0) return KUBE_VERSIONS.slice(0, 1)
  if (chosen.includes('none')) return []
  if (chosen.includes('all')) return [...KUBE_VERSIONS]
  const wrong = chosen.find((word) => !/^\d+\.\d+\.\d+$/.test(word))
  if (wrong === undefined) return chosen
  throw new Error(
    `ROADSTEAD_KUBE_VERSIONS has ${wrong}: give versions such as ${KUBE_VERSIONS.join(',')}, all or none`,
  )
}

/**
 * The programs of one version: from `KUBEBUILDER_ASSETS` if that is it, or if no version is asked for; else from
 * this user's cache.
 * @param {string} [version]
 * @returns {Promise<KubePrograms | undefined>}
 * @throws {Error} when KUBEBUILDER_ASSETS names a directory without them
 */
export async function findKube(version, environment = process.env) {
  const assets = environment.KUBEBUILDER_ASSETS
  if (assets) {
    const found = await programsIn(assets)
    if (found === undefined) {
      throw new Error(
        `KUBEBUILDER_ASSETS names ${assets}, which has no kube-apiserver and etcd that run: correct or unset it`,
      )
    }
    if (
      version === undefined ||
      version === found.version ||
      environment.ROADSTEAD_KUBE_VERSIONS === undefined
    )
      return found
  }
  return programsIn(cachedAt(version ?? KUBE_VERSIONS[0] ?? '', environment))
}

/**
 * As `findKube`, and else builds them into the cache, which takes some minutes. Of several processes that ask at
 * the same time one builds and the others wait.
 *
 * @param {string} [version]
 * @param {(line: string) => void} say   told what is going on, by the line
 * @returns {Promise<KubePrograms>}
 * @throws {Error} when there are none and none can be had: says what to do
 */
export async function ensureKube(
  version = KUBE_VERSIONS[0] ?? '',
  say = () => {},
  environment = process.env,
) {
  const found = await findKube(version, environment)
  if (found !== undefined) return found
  const directory = cachedAt(version, environment)
  mkdirSync(join(directory, '..'), { recursive: true })
  const release = await lock(`${directory}.lock`, () =>
    say(`kube-apiserver ${version}: another process builds it`),
  )
  try {
    const meanwhile = await programsIn(directory)
    if (meanwhile !== undefined) return meanwhile
    const obstacle = await buildObstacle()
    if (obstacle !== undefined) {
      throw new Error(
        `no Kubernetes API server ${version} on this machine, and none can be built: ${obstacle}. Install Go, or name a ` +
          'directory with kube-apiserver and etcd in KUBEBUILDER_ASSETS (`setup-envtest use -p path` gets one)',
      )
    }
    say(`kube-apiserver ${version}: building it once for this user, in some minutes, into ${directory}`)
    rmSync(directory, { recursive: true, force: true })
    await buildKube(version, directory, say)
  } finally {
    release()
  }
  const built = await programsIn(directory)
  if (built === undefined) throw new Error(`what was built in ${directory} does not run here`)
  return built
}

/**
 * As `ensureKube`, for tests that can be skipped: where there is nothing to be had, says why. With `CI=true` that
 * is an error all the same, because there a test that was not run has failed.
 *
 * @param {string} version
 * @param {(line: string) => void} say
 * @returns {Promise<KubePrograms | { missing: string }>}
 */
export async function kubeForTests(version, say = () => {}, environment = process.env) {
  try {
    return await ensureKube(version, say, environment)
  } catch (error) {
    if (environment.CI === 'true') throw error
    return { missing: /** @type {Error} */ (error).message }
  }
}

/**
 * @param {string} version
 * @param {NodeJS.ProcessEnv} environment
 */
function cachedAt(version, environment) {
  const base = environment.XDG_CACHE_HOME || join(homedir(), '.cache')
  return join(base, 'roadstead', 'kube', version)
}

/**
 * @param {string} directory
 * @returns {Promise<KubePrograms | undefined>}
 */
async function programsIn(directory) {
  const at = (/** @type {string} */ name) => join(directory, name)
  const controllerManager = at('kube-controller-manager')
  if (![at('kube-apiserver'), at('etcd')].every(isExecutable)) return undefined
  try {
    const { stdout } = await execute(at('kube-apiserver'), ['--version'], { timeout: VERSION_DEADLINE_MS })
    const version = /Kubernetes v(\S+)/.exec(stdout)?.[1]
    if (version === undefined) return undefined
    return {
      version,
      apiServer: at('kube-apiserver'),
      etcd: at('etcd'),
      controllerManager: isExecutable(controllerManager) ? controllerManager : undefined,
    }
  } catch {
    return undefined // not for this machine
  }
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Waits until no other process holds the lock, and takes it. One whose holder is gone is taken over.
 * @param {string} path
 * @param {() => void} onWait
 * @returns {Promise<() => void>} gives it back
 */
async function lock(path, onWait) {
  for (let waited = false; ; waited = true) {
    try {
      const file = openSync(path, 'wx')
      writeSync(file, String(process.pid))
      closeSync(file)
      return () => rmSync(path, { force: true })
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
    }
    if (!isHeld(path)) rmSync(path, { force: true })
    else if (!waited) onWait()
    await sleep(LOCK_POLL_MS)
  }
}

/** @param {string} path */
function isHeld(path) {
  try {
    const pid = Number(readFileSync(path, 'utf8'))
    if (pid > 0) process.kill(pid, 0)
    return true // an empty one is being written
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}
