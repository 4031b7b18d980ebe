/** The programs of a Kubernetes control plane, each started alone. */
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KubePrograms } from '../../../deploy/install/kube.mjs'
import { freePort, onFreePort } from '../ports.ts'
import { type Program, startProgram } from '../process.ts'
import { until } from '../until.ts'
import { type KubeConnection, kubeRequest } from './requests.ts'

const ETCD_READY = /ready to serve client requests/
const PORT_TAKEN = /address already in use/
const READY_DEADLINE_MS = 60_000
/** What a test made need not be put in order before it is thrown away. */
const STOP_SIGNAL: NodeJS.Signals = 'SIGKILL'

/** What all of them share on disk. */
export interface Surroundings {
  readonly programs: KubePrograms
  readonly directory: string
  readonly onLine?: ((line: string) => void) | undefined
}

const told = ({ onLine }: Surroundings) => ({ stopSignal: STOP_SIGNAL, ...(onLine && { onLine }) })

/** @returns the server and the port at which it takes clients */
export async function startEtcd(around: Surroundings): Promise<{ server: Program; port: number }> {
  const start = async (port: number) => {
    const [client, peer] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${await freePort()}`]
    const options = {
      'data-dir': join(around.directory, 'etcd'),
      'listen-client-urls': client,
      'advertise-client-urls': client,
      'listen-peer-urls': peer,
      'initial-advertise-peer-urls': peer,
      'initial-cluster': `default=${peer}`,
      'unsafe-no-fsync': 'true',
    }
    const args = flags(options)
    return startProgram(around.programs.etcd, { name: 'etcd', args, ready: ETCD_READY, ...told(around) })
  }
  return onFreePort(start, PORT_TAKEN)
}

/** Makes what an API server wants to find; it makes its certificate itself. @returns the token of an administrator */
export function prepareApiServer(directory: string, token: string): void {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
  writeFileSync(join(directory, 'service-accounts.pem'), pem, { mode: 0o600 })
  writeFileSync(join(directory, 'tokens.csv'), `${token},admin,1,"system:masters"\n`, { mode: 0o600 })
}

export async function startApiServer(
  around: Surroundings,
  etcdPort: number,
  port: number,
  extraFlags: readonly string[],
): Promise<Program> {
  const at = (name: string) => join(around.directory, name)
  const options = {
    'etcd-servers': `http://127.0.0.1:${etcdPort}`,
    'bind-address': '127.0.0.1',
    'secure-port': String(port),
    // A loopback address is no endpoint for the `kubernetes` service.
    'endpoint-reconciler-type': 'none',
    'cert-dir': at('certificates'),
    'service-account-key-file': at('service-accounts.pem'),
    'service-account-signing-key-file': at('service-accounts.pem'),
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-cluster-ip-range': '10.96.0.0/16',
    'token-auth-file': at('tokens.csv'),
    'authorization-mode': 'RBAC',
    // Pods need no token where nothing runs them.
    'disable-admission-plugins': 'ServiceAccount',
    profiling: 'false',
  }
  const args = [...flags(options), ...extraFlags]
  return startProgram(around.programs.apiServer, { name: 'kube-apiserver', args, ...told(around) })
}

/** Waits until the server says that it is ready. @throws {Error} when it ends first; quotes its log */
export async function untilReady(server: Program, connection: () => KubeConnection): Promise<void> {
  const look = async () => {
    if (!server.running) return 'ended' as const
    const { status } = await kubeRequest(connection(), 'GET', '/readyz')
    return status === 200 && ('ready' as const)
  }
  const message = 'kube-apiserver is ready'
  const outcome = await until(look, { deadlineMs: READY_DEADLINE_MS, everyMs: 50, message })
  if (outcome === 'ready') return
  throw new Error(`kube-apiserver ended before it was ready:\n${server.lines.slice(-30).join('\n')}`)
}

/** The certificate that the server made for itself, with that of its authority. */
export const certificateOf = (directory: string): string =>
  readFileSync(join(directory, 'certificates', 'apiserver.crt'), 'utf8')

export function startControllerManager(
  around: Surroundings,
  program: string,
  kubeconfig: string,
  controllers: readonly string[],
): Promise<Program> {
  const file = join(around.directory, 'kubeconfig.yaml')
  writeFileSync(file, kubeconfig, { mode: 0o600 })
  const args = flags({
    kubeconfig: file,
    controllers: controllers.join(','),
    'leader-elect': 'false',
    // It serves nothing that anybody asks for.
    'secure-port': '0',
    'service-account-private-key-file': join(around.directory, 'service-accounts.pem'),
  })
  return startProgram(program, { name: 'kube-controller-manager', args, ...told(around) })
}

const flags = (options: Readonly<Record<string, string>>): string[] =>
  Object.entries(options).map(([name, value]) => `--${name}=${value}`)
