import { limits } from '@roadstead/proto'
import type { Operator } from './operator.ts'

export interface ServerConfigOptions {
  /**
   * Where the server keeps the accounts it was told. It must outlive the server: the revocations are in
   * there. (With the `MEMORY` resolver a revocation would be forgotten with the next start.)
   */
  readonly accountsDirectory: string
  readonly serverName?: string
  /** `host:port`; left out where the command line says it. */
  readonly listen?: string
  /** `host:port` of the monitoring endpoint, which tells everybody who asks all there is to know. */
  readonly monitor?: string
  /** Where JetStream keeps its streams. */
  readonly storeDirectory?: string
  readonly maxStoreBytes?: number
  readonly tls?: { readonly certificateFile: string; readonly keyFile: string }
}

/** NATS' own default; every message of ours stays below it. */
const maxPayloadBytes = 1024 * 1024
/** A subscription that does not read is cut off; the agent comes back and gets the newest state. */
const maxPendingBytes = 16 * 1024 * 1024

/**
 * The text of a `nats-server` configuration that trusts this operator alone. It holds no secret: tokens
 * are signed, not hidden. Runs on server 2.9 and later.
 */
export function serverConfig(operator: Operator, options: ServerConfigOptions): string {
  const { listen, monitor, storeDirectory, maxStoreBytes, tls, serverName } = options
  const preload = Object.entries(operator.preload()).map(([account, token]) => `  ${account}: ${token}`)
  const lines = [
    ...(serverName === undefined ? [] : [`server_name: ${quoted(serverName)}`]),
    ...(listen === undefined ? [] : [`listen: ${quoted(listen)}`]),
    ...(monitor === undefined ? [] : [`http: ${quoted(monitor)}`]),
    `max_payload: ${maxPayloadBytes}`,
    `max_pending: ${maxPendingBytes}`,
    `ping_interval: "${Math.round(limits.heartbeatIntervalMs / 1000)}s"`,
    'max_connections: 200000',
    'max_control_line: 4096',
    '',
    `operator: ${operator.jwt}`,
    `system_account: ${operator.accounts.system}`,
    'resolver {',
    '  type: full',
    `  dir: ${quoted(options.accountsDirectory)}`,
    '  allow_delete: false',
    '  interval: "2m"',
    '}',
    'resolver_preload {',
    ...preload,
    '}',
    '',
    'jetstream {',
    ...(storeDirectory === undefined ? [] : [`  store_dir: ${quoted(storeDirectory)}`]),
    ...(maxStoreBytes === undefined ? [] : [`  max_file_store: ${maxStoreBytes}`]),
    '}',
    ...(tls === undefined
      ? []
      : [
          'tls {',
          `  cert_file: ${quoted(tls.certificateFile)}`,
          `  key_file: ${quoted(tls.keyFile)}`,
          '  timeout: 5',
          '}',
        ]),
  ]
  return `${lines.join('\n')}\n`
}

const quoted = (text: string): string => JSON.stringify(text)
