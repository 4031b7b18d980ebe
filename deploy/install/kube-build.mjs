/**
 * Builds kube-apiserver, kube-controller-manager and etcd from their Go modules. Kubernetes publishes no
 * binaries for tests that could be had without asking a further host, and its module cannot be `go install`ed:
 * it replaces its own parts by directories that the module does not contain. So a module of ours requires it,
 * and replaces the same parts by the versions in which they are published.
 */
import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const execute = promisify(execFile)

const DOWNLOAD_DEADLINE_MS = 600_000
const BUILD_DEADLINE_MS = 3_600_000
const PROGRESS_EVERY_MS = 15_000
const MAX_LISTING_BYTES = 16 * 1024 * 1024

/** The version that Kubernetes' own release scripts name for the versions that are built here, or a newer patch. */
const ETCD_VERSION = '3.6.16'

/** Why nothing can be built here; undefined when it can. */
export async function buildObstacle() {
  try {
    await execute('go', ['version'])
    return undefined
  } catch {
    return 'there is no Go toolchain (`go`) in PATH'
  }
}

/**
 * Builds the programs of one version into `directory`, which is there in full or not at all.
 *
 * @param {string} version   of Kubernetes, such as `1.36.3`
 * @param {string} directory   does not exist; its parent does
 * @param {(line: string) => void} say   told every 15 seconds how far it is
 * @throws {Error} with the end of what Go complained of
 */
export async function buildKube(version, directory, say) {
  const scratch = mkdtempSync(`${directory}.building-`)
  try {
    const [modules, programs] = [join(scratch, 'modules'), join(scratch, 'programs')]
    await execute('mkdir', [modules, programs])
    await buildEtcd(modules, programs, say)
    await buildKubernetes(version, modules, programs, say)
    renameSync(programs, directory)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/**
 * @param {string} modules
 * @param {string} programs
 * @param {(line: string) => void} say
 */
async function buildEtcd(modules, programs, say) {
  const module = 'go.etcd.io/etcd/server/v3'
  const original = await publishedModule(`${module}@v${ETCD_VERSION}`, modules)
  writeFileSync(
    join(modules, 'go.mod'),
    ['module etcd', goLine(original), `require ${module} v${ETCD_VERSION}`, ''].join('\n'),
  )
  const output = ['-o', join(programs, 'etcd')]
  await goBuild(modules, [...output, module], `etcd ${ETCD_VERSION}`, say)
}

/**
 * @param {string} version
 * @param {string} modules
 * @param {string} programs
 * @param {(line: string) => void} say
 */
async function buildKubernetes(version, modules, programs, say) {
  rmSync(join(modules, 'go.sum'))
  writeFileSync(join(modules, 'go.mod'), await kubernetesModule(version, modules))
  const [major, minor] = version.split('.')
  const stamp = Object.entries({
    gitVersion: `v${version}`,
    gitMajor: major,
    gitMinor: minor,
    gitTreeState: 'clean',
  })
    .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
    .join(' ')
  const flags = ['-ldflags', `-s -w ${stamp}`, '-o', `${programs}/`]
  const commands = ['kube-apiserver', 'kube-controller-manager'].map(
    (name) => `k8s.io/kubernetes/cmd/${name}`,
  )
  await goBuild(modules, [...flags, ...commands], `kube-apiserver ${version}`, say)
}

/**
 * Kubernetes 1.x is published with parts 0.x; its go.mod says which parts there are.
 * @param {string} version
 * @param {string} cwd
 */
async function kubernetesModule(version, cwd) {
  const original = await publishedModule(`k8s.io/kubernetes@v${version}`, cwd)
  const parts = [...original.matchAll(/^\s*(?:replace )?(k8s\.io\/\S+) => \.\/staging/gm)].map(
    ([, name]) => name,
  )
  const published = version.replace(/^1\./, '0.')
  return [
    'module kubernetes',
    goLine(original),
    `require k8s.io/kubernetes v${version}`,
    'replace (',
    ...parts.map((name) => `\t${name} => ${name} v${published}`),
    ')',
    '',
  ].join('\n')
}

/**
 * The go.mod of a module as it was published.
 * @param {string} moduleAtVersion
 * @param {string} cwd
 */
async function publishedModule(moduleAtVersion, cwd) {
  writeFileSync(join(cwd, 'go.mod'), 'module empty\n')
  const { stdout } = await go(['mod', 'download', '-json', moduleAtVersion], cwd)
  return readFileSync(JSON.parse(stdout).GoMod, 'utf8')
}

/**
 * The line of a go.mod that names its Go. Without one Go would read the requirements of all that is required, some
 * thousand modules.
 * @param {string} text
 */
const goLine = (text) => /^go .*$/m.exec(text)?.[0] ?? 'go 1.24'

/**
 * @param {string[]} args
 * @param {string} cwd
 */
async function go(args, cwd) {
  const options = { cwd, env: goEnvironment(), timeout: DOWNLOAD_DEADLINE_MS, maxBuffer: MAX_LISTING_BYTES }
  return execute('go', args, options)
}

/** Without a C compiler, and blind to settings of the user's own work. */
const goEnvironment = () => ({
  ...process.env,
  CGO_ENABLED: '0',
  GOWORK: 'off',
  GOFLAGS: '-mod=mod',
  GO111MODULE: 'on',
})

/**
 * @param {string} cwd
 * @param {string[]} args   flags and packages
 * @param {string} what
 * @param {(line: string) => void} say
 */
async function goBuild(cwd, args, what, say) {
  say(`${what}: reading its modules`)
  const packages = args.filter((arg) => /^[\w.]+\.\w+\//.test(arg))
  const { stdout } = await go(['list', '-deps', ...packages], cwd)
  const total = stdout.trim().split('\n').length
  let built = 0
  /** @type {string[]} */
  const complaints = []
  const child = spawn('go', ['build', '-v', '-buildvcs=false', '-trimpath', ...args], {
    cwd,
    env: goEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: BUILD_DEADLINE_MS,
  })
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (/^[\w./-]+$/.test(line)) built += 1
    else complaints.push(line)
  })
  const tell = () => say(`${what}: built ${built} of at most ${total} packages`)
  const progress = setInterval(tell, PROGRESS_EVERY_MS)
  try {
    const code = await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject))
    if (code !== 0) throw new Error(`go build of ${what} failed:\n${complaints.slice(-12).join('\n')}`)
  } finally {
    clearInterval(progress)
  }
}
