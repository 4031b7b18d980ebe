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
  const [program = '', ...rest] = command
  return run(program === 'node' ? node : program, [...rest, ...args], {
    ...process.env,
    PATH: [binDirectory(ROOT), dirname(node), process.env.PATH].join(delimiter),
    NATS_SERVER_BIN: nats.path,
    DO_NOT_TRACK: '1',
    TURBO_TELEMETRY_DISABLED: '1',
  })
}

/**
 * Runs a program in the foreground until it ends.
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
function run(program, args, env) {
  const child = spawn(program, args, { cwd: ROOT, env, stdio: 'inherit' })
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP', 'SIGINT'])) {
    process.on(signal, () => {
      // In a terminal, Ctrl-C reaches the child by itself: it is sent to the whole foreground group.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  stopWithParent(child)
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
 * @param {import('node:child_process').ChildProcess} child
 */
function stopWithParent(child) {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const poll = setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), PARENT_POLL_MS)
  poll.unref()
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`roadstead: ${line}\n`)
}
