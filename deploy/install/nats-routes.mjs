/**
 * The ways to get a nats-server without asking anybody, the quickest first. Each puts one executable into the
 * directory it is given; none changes the system, and none starts a service.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { arch, platform } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

const QUICK_DEADLINE_MS = 180_000
const BUILD_DEADLINE_MS = 900_000
const MAX_RELEASE_BYTES = 64 * 1024 * 1024

/** The official release that is downloaded, with the SHA-256 of each archive as the NATS project published it. */
export const RELEASE_VERSION = '2.14.3'
/** @type {Record<string, string>} */
const RELEASE_SHA256 = {
  'darwin-amd64': 'effa518fe623433d7c3321991db419bb1e00aa9b19ae761b559b580434afc3ab',
  'darwin-arm64': 'e086395457a7a93a440433a446c9f161f917d35c0374640555123e8d8d4b7fe9',
  'linux-amd64': 'f3d0c820c749f81d717310fb00d4903919e70e3e66b268bd352a088b9788eb93',
  'linux-arm64': '1759b6a0ddebade9471b7c02891dfaa8c73b526c6f3ce391d4e21ec3eceffab8',
}

/** What `go install` builds. Go checks it against its public checksum database. */
const MODULE_VERSION = '2.15.2'

/**
 * @typedef {object} Route
 * @property {string} name
 * @property {() => Promise<string | undefined>} obstacle   why it cannot be used here; undefined when it can
 * @property {(directory: string) => Promise<string>} install   returns the path of the executable
 */

/**
 * Debian's own package, fetched and checked by apt but only unpacked: installing it would also create a user
 * and start a system service on port 4222.
 * @type {Route}
 */
const apt = {
  name: "Debian's package, unpacked (apt-get download)",
  obstacle: async () => missing('apt-get', 'dpkg-deb'),
  install: (directory) =>
    inScratch(directory, async (scratch) => {
      await aptDownload(scratch)
      const archive = readdirSync(scratch).find((name) => name.endsWith('.deb'))
      if (archive === undefined) throw new Error('apt-get download left no package')
      await execute('dpkg-deb', ['--extract', archive, 'tree'], { cwd: scratch, timeout: QUICK_DEADLINE_MS })
      return join(scratch, 'tree', 'usr', 'sbin', 'nats-server')
    }),
}

/** @type {Route} */
const brew = {
  name: 'Homebrew (brew install nats-server)',
  obstacle: async () => missing('brew'),
  install: async () => {
    const quiet = { HOMEBREW_NO_AUTO_UPDATE: '1', HOMEBREW_NO_ANALYTICS: '1', HOMEBREW_NO_ENV_HINTS: '1' }
    const options = { env: { ...process.env, ...quiet }, timeout: BUILD_DEADLINE_MS }
    await execute('brew', ['install', '--quiet', 'nats-server'], options)
    const { stdout } = await execute('brew', ['--prefix', 'nats-server'], options)
    return join(stdout.trim(), 'bin', 'nats-server')
  },
}

/** @type {Route} */
const release = {
  name: `the official release ${RELEASE_VERSION} (github.com)`,
  obstacle: async () =>
    RELEASE_SHA256[releasePlatform()] === undefined
      ? `no checksum is known for ${releasePlatform()}`
      : missing('tar'),
  install: (directory) =>
    inScratch(directory, async (scratch) => {
      const name = `nats-server-v${RELEASE_VERSION}-${releasePlatform()}`
      const url = `https://github.com/nats-io/nats-server/releases/download/v${RELEASE_VERSION}/${name}.tar.gz`
      writeFileSync(join(scratch, 'release.tar.gz'), await download(url))
      await execute('tar', ['-xzf', 'release.tar.gz'], { cwd: scratch, timeout: QUICK_DEADLINE_MS })
      return join(scratch, name, 'nats-server')
    }),
}

/** @type {Route} */
const go = {
  name: `go install nats-server v${MODULE_VERSION} (takes a minute or two)`,
  obstacle: async () => missing('go'),
  install: (directory) =>
    inScratch(directory, async (scratch) => {
      const env = { ...process.env, GOBIN: scratch }
      const module = `github.com/nats-io/nats-server/v2@v${MODULE_VERSION}`
      await execute('go', ['install', module], { cwd: scratch, env, timeout: BUILD_DEADLINE_MS })
      return join(scratch, 'nats-server')
    }),
}

/** @type {readonly Route[]} */
export const routes = [brew, apt, release, go]

/**
 * Lets `make` build an executable in a directory of its own and moves it to its place in one step, so that a
 * second clone that looks at the same moment never sees half of it.
 * @param {string} directory
 * @param {(scratch: string) => Promise<string>} make
 */
async function inScratch(directory, make) {
  const scratch = mkdtempSync(join(directory, '.install-'))
  try {
    const made = await make(scratch)
    chmodSync(made, 0o755)
    const place = join(directory, 'nats-server')
    renameSync(made, place)
    return place
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/**
 * A fresh machine may have no package lists yet; only root may fetch them.
 * @param {string} scratch
 */
async function aptDownload(scratch) {
  const options = {
    cwd: scratch,
    timeout: QUICK_DEADLINE_MS,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  }
  try {
    await execute('apt-get', ['download', '-q', 'nats-server'], options)
  } catch (error) {
    if (process.getuid?.() !== 0) throw error
    await execute('apt-get', ['update', '-q'], options)
    await execute('apt-get', ['download', '-q', 'nats-server'], options)
  }
}

/** @param {string} url */
async function download(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(QUICK_DEADLINE_MS) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  const bytes = Buffer.from(await response.arrayBuffer())
  if (bytes.length > MAX_RELEASE_BYTES) throw new Error(`${url} is larger than ${MAX_RELEASE_BYTES} bytes`)
  verifyRelease(releasePlatform(), bytes)
  return bytes
}

/**
 * @param {string} onPlatform   such as `linux-amd64`
 * @param {Uint8Array} archive
 * @throws {Error} when the archive is not, byte for byte, the one this version of Roadstead was tested with
 */
export function verifyRelease(onPlatform, archive) {
  const expected = RELEASE_SHA256[onPlatform]
  const actual = createHash('sha256').update(archive).digest('hex')
  if (actual !== expected) {
    throw new Error(
      `nats-server ${RELEASE_VERSION} for ${onPlatform}: SHA-256 is ${actual}, expected ${expected}`,
    )
  }
}

function releasePlatform() {
  return `${platform()}-${arch() === 'x64' ? 'amd64' : arch()}`
}

/**
 * @param {string[]} tools
 * @returns {Promise<string | undefined>}
 */
async function missing(...tools) {
  for (const tool of tools) {
    try {
      await execute('sh', ['-c', 'command -v "$0"', tool])
    } catch {
      return `there is no ${tool} here`
    }
  }
  return undefined
}
