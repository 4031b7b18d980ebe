/**
 * Hosts simulated clusters in one process until its parent goes away.
 *
 *     node main.ts --cluster dev-1=7301 --cluster dev-2=7302 --state clusters.json --kubeconfig kubeconfig.yaml
 *
 * Prints one JSON line when all of them listen; `--detached` keeps it alive without a parent on stdin.
 */
import { chmod, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { createSimulatedCluster, kubeconfig, type SimulatedCluster } from './index.ts'
import { readStateFile, StateFile } from './statefile.ts'

interface Arguments {
  readonly clusters: readonly { readonly name: string; readonly port: number }[]
  readonly state: string | undefined
  readonly kubeconfig: string | undefined
  readonly token: string
  readonly nodes: number
  readonly readyAfterMs: { readonly min: number; readonly max: number }
  readonly detached: boolean
}

const USAGE =
  'usage: main.ts --cluster <name>[=<port>] … [--state <file>] [--kubeconfig <file>] [--token <text>] [--nodes <n>] [--ready-after-ms <ms>[-<ms>]] [--detached]'

function readArguments(argv: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      cluster: { type: 'string', multiple: true, default: [] },
      state: { type: 'string' },
      kubeconfig: { type: 'string' },
      token: { type: 'string', default: 'simulated' },
      nodes: { type: 'string', default: '3' },
      'ready-after-ms': { type: 'string', default: '100-300' },
      detached: { type: 'boolean', default: false },
    },
  })
  if (values.cluster.length === 0) throw new Error(`no --cluster given; ${USAGE}`)
  return {
    clusters: values.cluster.map(readCluster),
    state: values.state,
    kubeconfig: values.kubeconfig,
    token: values.token,
    nodes: readNumber('--nodes', values.nodes),
    readyAfterMs: readRange(values['ready-after-ms']),
    detached: values.detached,
  }
}

function readCluster(text: string): { name: string; port: number } {
  const [name = '', port = '0'] = text.split('=')
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)) {
    throw new Error(`--cluster ${text}: the name must be a DNS label (lower case letters, digits, dashes)`)
  }
  return { name, port: readNumber(`--cluster ${text}: port`, port) }
}

function readRange(text: string): { min: number; max: number } {
  const [min = '', max = min] = text.split('-')
  return { min: readNumber('--ready-after-ms', min), max: readNumber('--ready-after-ms', max) }
}

function readNumber(what: string, text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new Error(`${what} must be a whole number, not ${text}`)
  return value
}

async function main(): Promise<void> {
  const options = readArguments(process.argv.slice(2))
  const saved = options.state ? readStateFile(options.state) : {}
  const clusters: SimulatedCluster[] = []
  for (const { name, port } of options.clusters) {
    const seedState = saved[name]
    const { token, nodes, readyAfterMs } = options
    clusters.push(
      await createSimulatedCluster({
        name,
        port,
        token,
        nodes,
        readyAfterMs,
        ...(seedState ? { seedState } : {}),
      }),
    )
  }
  // Clusters that are not hosted now keep what was saved of them.
  const collect = () => ({ ...saved, ...Object.fromEntries(clusters.map((one) => [one.name, one.save()])) })
  const state = options.state ? new StateFile(options.state, collect) : undefined
  if (state) for (const cluster of clusters) cluster.onChange(() => state.touch())
  if (options.kubeconfig) await writeKubeconfig(options.kubeconfig, clusters)
  stopWith(options.detached, async () => {
    await Promise.all(clusters.map((cluster) => cluster.close()))
    await state?.flush()
  })
  const ready = clusters.map(({ name, url, token }) => ({ name, url, token }))
  console.log(
    JSON.stringify({ ready: true, pid: process.pid, clusters: ready, kubeconfig: options.kubeconfig }),
  )
}

async function writeKubeconfig(path: string, clusters: readonly SimulatedCluster[]): Promise<void> {
  await writeFile(path, kubeconfig(clusters), { mode: 0o600 })
  await chmod(path, 0o600)
}

/** Ends the process, once, when it is told to or when its parent is gone. */
function stopWith(detached: boolean, close: () => Promise<void>): void {
  let stopping = false
  const stop = () => {
    if (stopping) return
    stopping = true
    close().then(
      () => process.exit(0),
      (error: Error) => {
        console.error(`sim: ${error.message}`)
        process.exit(1)
      },
    )
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop)
  process.on('disconnect', stop)
  if (detached || process.channel) return
  process.stdin.on('end', stop).on('close', stop).on('error', stop)
  process.stdin.resume()
}

main().catch((error: Error) => {
  console.error(`sim: ${error.message}`)
  process.exit(1)
})
