/**
 * What `npm run demo`, `npm test` and `npm run bench` start. It runs on Node 20 with nothing installed, gets
 * what is missing, and hands over to the real program on Node 24 with its arguments, signals and exit code.
 *
 * The only network traffic it causes is that of the package managers.
 */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chosenKubeVersions, kubeForTests } from './install/kube.mjs'
import { ensureNatsServer } from './install/nats-server.mjs'
import { binDirectory, ensureNodeModules, findNode } from './install/node-modules.mjs'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const PARENT_POLL_MS = 1_000

/**
 * Each goal's command line. `node` stands for the Node that was found.
 * @type {Record<string, string[]>}
 */
const GOALS = {
  all: ['npm', 'run', 'all', '--'],
  demo: ['node', join(ROOT, 'deploy', 'sandbox', 'main.ts')],
  bench: ['node', join(ROOT, 'test', 'bench', 'main.ts')],
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  say(/** @type {Error} */ (error).message)
  process.exitCode = 1
}

/**
 * @param {string[]} words   a goal and its arguments
 * @returns {Promise<number>} the exit code
 */
async function main([goal = '', ...args]) {
  const command = GOALS[goal]
  if (command === undefined)
    throw new Error(`usage: bootstrap.mjs ${Object.keys(GOALS).join('|')} [arguments]`)
  ensureNodeModules(ROOT, say)
  const node = findNode(ROOT)
  const nats = await ensureNatsServer(say)
  if (goal === 'all') await prepareKube()
  const [program = '', ...rest] = command
  return run(program === 'node' ? node : program, [...rest, ...args], {
    ...process.env,
    PATH: [binDirectory(ROOT), dirname(node), process.env.PATH].join(delimiter),
    NATS_SERVER_BIN: nats.path,
    DO_NOT_TRACK: '1',
    TURBO_TELEMETRY_DISABLED: '1',
  })
}

/** Here rather than in the first test that wants one, because it may take minutes, and here one sees why. */
async function prepareKube() {
  for (const version of chosenKubeVersions()) {
    const found = await kubeForTests(version, say)
    if ('missing' in found) say(`the tests on a real API server will be skipped: ${found.missing}`)
  }
}

/**
 * Runs a program until it ends. A program of ours handles its signals itself. What npm runs is a tree of
 * shells, task runners and tests that do not all pass a signal on, so that tree becomes a group of its own and
 * every signal goes to the whole of it.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
function run(program, args, env) {
  const detached = program === 'npm'
  const child = spawn(program, args, { cwd: ROOT, env, stdio: 'inherit', detached })
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    process.kill(detached ? -child.pid : child.pid, signal)
  }
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP', 'SIGINT'])) {
    process.on(signal, () => {
      // In a terminal, Ctrl-C reaches the whole foreground group, our own program with it.
      const reached = signal === 'SIGINT' && process.stdin.isTTY && !detached
      if (!reached) forward(signal)
    })
  }
  stopWithParent(() => forward('SIGTERM'))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) =>
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]),
    )
  })
}

/**
 * When npm is killed outright it cannot tell us; seeing another parent is how we learn of it. A shell that is
 * closed on purpose is another matter, so this is for npm alone.
 * @param {() => void} stop
 */
function stopWithParent(stop) {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const poll = setInterval(() => process.ppid !== parent && stop(), PARENT_POLL_MS)
  poll.unref()
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`roadstead: ${line}\n`)
}
