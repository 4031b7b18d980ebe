/**
 * Finds a nats-server on this machine, or gets one. Plain JavaScript: it runs on Node 20 before anything is
 * installed (the bootstrap), and the test harness and the sandbox import it too.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { RELEASE_VERSION, routes } from './nats-routes.mjs'

const execute = promisify(execFile)

/**
 * The oldest server that the sandbox runs on; it is what Debian 12 carries.
 * @type {readonly [number, number, number]}
 */
export const OLDEST_VERSION = [2, 9, 0]

const VERSION_DEADLINE_MS = 10_000

/**
 * @typedef {object} NatsServer
 * @property {string} path       the executable
 * @property {string} version    as it says itself, such as `2.15.2`
 */

/** Where downloaded servers are kept: one for all clones of this user. */
export function cacheDirectory(environment = process.env) {
  const base = environment.XDG_CACHE_HOME || join(homedir(), '.cache')
  return join(base, 'roadstead', 'bin')
}

/**
 * Every usable nats-server of this machine, the newest first. `NATS_SERVER_BIN` is not asked here.
 * @returns {Promise<NatsServer[]>}
 */
export async function findNatsServers(environment = process.env) {
  const paths = new Set(candidates(environment).flatMap(realPath))
  const found = await Promise.all([...paths].map(identify))
  return found
    .filter((server) => server !== undefined)
    .filter((server) => compareVersions(server.version, OLDEST_VERSION.join('.')) >= 0)
    .sort((a, b) => compareVersions(b.version, a.version))
}

/**
 * The nats-server to use: `NATS_SERVER_BIN`, else the newest on this machine, else one that is installed now
 * into the user's cache, without questions and without touching the system.
 *
 * @param {(line: string) => void} say   told in one line what is being installed
 * @returns {Promise<NatsServer>}
 * @throws {Error} when there is none and none can be had: says what was tried, and what to do
 */
export async function ensureNatsServer(say = () => {}, environment = process.env) {
  if (environment.NATS_SERVER_BIN) return named(environment.NATS_SERVER_BIN)
  const [newest] = await findNatsServers(environment)
  return newest ?? install(say, environment)
}

/**
 * Negative when `a` is older than `b`. A pre-release counts as its release.
 * @param {string} a
 * @param {string} b
 */
export function compareVersions(a, b) {
  const left = a.split(/[.-]/).map(Number)
  const right = b.split(/[.-]/).map(Number)
  for (const part of [0, 1, 2]) {
    const difference = (left[part] || 0) - (right[part] || 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** @param {string} path */
async function named(path) {
  const server = await identify(path)
  if (server === undefined) {
    throw new Error(`NATS_SERVER_BIN names ${path}, which does not run as a nats-server: correct or unset it`)
  }
  return server
}

/**
 * @param {(line: string) => void} say
 * @param {NodeJS.ProcessEnv} environment
 */
async function install(say, environment) {
  const directory = cacheDirectory(environment)
  mkdirSync(directory, { recursive: true })
  const attempts = []
  for (const route of routes) {
    const obstacle = await route.obstacle()
    if (obstacle !== undefined) {
      attempts.push(`${route.name}: ${obstacle}`)
      continue
    }
    say(`no nats-server on this machine; getting one: ${route.name}`)
    try {
      const server = await identify(await route.install(directory))
      if (server !== undefined) return server
      attempts.push(`${route.name}: what it installed does not run here`)
    } catch (error) {
      attempts.push(`${route.name}: ${reason(error)}`)
    }
  }
  throw new Error(
    [
      'No nats-server on this machine, and none could be installed:',
      ...attempts.map((attempt) => `  - ${attempt}`),
      `Install nats-server ${OLDEST_VERSION.join('.')} or newer yourself, or unpack a release from`,
      `https://github.com/nats-io/nats-server/releases (such as v${RELEASE_VERSION}; compare it with the SHA256SUMS file`,
      'beside it), and put it in PATH or name it in NATS_SERVER_BIN.',
    ].join('\n'),
  )
}

/**
 * The last line of what a program complained of; else the error's message, and that of its cause, which is
 * where `fetch` says what was wrong.
 * @param {unknown} error
 */
function reason(error) {
  const { stderr, message, cause } = /** @type {{stderr?: string, message: string, cause?: Error}} */ (error)
  if (stderr) return stderr.trim().split('\n').at(-1)
  return cause === undefined ? message : `${message} (${cause.message})`
}

/** @param {NodeJS.ProcessEnv} environment */
function candidates(environment) {
  const goPaths = (environment.GOPATH || join(homedir(), 'go'))
    .split(delimiter)
    .map((path) => join(path, 'bin'))
  const directories = [
    ...(environment.PATH ?? '').split(delimiter),
    ...(environment.GOBIN ? [environment.GOBIN] : []),
    ...goPaths,
    '/usr/sbin',
    '/usr/local/bin',
    '/opt/homebrew/bin',
  ]
  const cache = cacheDirectory(environment)
  return [
    ...directories.filter(Boolean).map((directory) => join(directory, 'nats-server')),
    ...entries(cache).map((name) => join(cache, name)),
  ]
}

/** @param {string} directory */
function entries(directory) {
  try {
    return readdirSync(directory).filter((name) => name.startsWith('nats-server'))
  } catch {
    return [] // no cache yet
  }
}

/** @param {string} path */
function realPath(path) {
  try {
    return [realpathSync(path)]
  } catch {
    return [] // nothing there
  }
}

/**
 * @param {string} path
 * @returns {Promise<NatsServer | undefined>}
 */
async function identify(path) {
  try {
    const { stdout } = await execute(path, ['--version'], { timeout: VERSION_DEADLINE_MS })
    const version = /nats-server: v(\S+)/.exec(stdout)?.[1]
    return version === undefined ? undefined : { path, version }
  } catch {
    return undefined // not executable, or not for this machine
  }
}
