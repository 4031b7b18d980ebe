import { readFileSync } from 'node:fs'
import { type ClusterName, parseClusterName, RoadsteadError, settings } from '@roadstead/proto'
import type { IdentitySource } from '../link/index.ts'
import { agentSettings } from './table.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** How to reach the API server. */
export type KubeSource =
  | { readonly kind: 'kubeconfig'; readonly path: string; readonly context?: string | undefined }
  | { readonly kind: 'in-cluster'; readonly server: URL }

export interface AgentConfig {
  readonly cluster: ClusterName
  readonly stateDirectory: string
  /** Where the cluster's copies of the inventories are kept. */
  readonly systemNamespace: string
  readonly identity: IdentitySource
  /** Instead of those the hub gave; empty for those. */
  readonly natsUrls: readonly string[]
  readonly kube: KubeSource
  readonly telemetry: { readonly otlpEndpoint: string | undefined; readonly logLevel: LogLevel }
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The agent's configuration from its environment.
 *
 * @throws RoadsteadError `bad-request` that lists every fault, each with its variable
 */
export function readAgentConfig(environment: Environment): AgentConfig {
  const { values, faults } = settings.readSettings(agentSettings, environment)
  const problems = [...faults]
  const identity = faults.length > 0 ? undefined : identityOf(values, problems)
  const kube = faults.length > 0 ? undefined : kubeOf(values, problems)
  const cluster = parseClusterName(values.cluster ?? '')
  if (problems.length > 0 || !identity || !kube || !cluster) {
    const lines = problems.map((problem) => `  - ${problem}`).join('\n')
    throw new RoadsteadError('bad-request', `the agent can not start:\n${lines}`)
  }
  return {
    cluster,
    stateDirectory: values.stateDirectory,
    systemNamespace: values.systemNamespace,
    identity,
    natsUrls: values.natsUrls,
    kube,
    telemetry: { otlpEndpoint: values.otlpEndpoint, logLevel: values.logLevel },
  }
}

/** Whether the program should end with whoever started it; the shell's business, not the agent's. */
export const exitsWithParent = (environment: Environment): boolean =>
  environment[agentSettings.exitWithParent.name] === 'true'

type Values = ReturnType<typeof settings.readSettings<typeof agentSettings>>['values']

function identityOf(values: Values, problems: string[]): IdentitySource | undefined {
  const { seedFile, userJwtFile, assignmentKeysFile, clusterKeyFile, hubUrl } = values
  const files = { seedFile, userJwtFile, assignmentKeysFile, clusterKeyFile }
  if (isComplete(files)) {
    if (values.natsUrls.length === 0)
      problems.push(`${agentSettings.natsUrls.name} is required with a seed file`)
    return { kind: 'files', ...files, natsUrls: values.natsUrls }
  }
  if (Object.values(files).some((file) => file !== undefined)) {
    const names = Object.keys(files).map((key) => agentSettings[key as keyof typeof files].name)
    problems.push(`${names.join(', ')} go together`)
    return undefined
  }
  const token = values.enrolmentToken ?? readToken(values.enrolmentTokenFile, problems)
  return hubUrl !== undefined && token !== undefined
    ? { kind: 'enrol', hubUrl: new URL(hubUrl), token }
    : { kind: 'stored' }
}

/** Whether all of the files were named. */
const isComplete = <Name extends string>(
  files: Readonly<Record<Name, string | undefined>>,
): files is Readonly<Record<Name, string>> => Object.values(files).every((file) => file !== undefined)

function readToken(path: string | undefined, problems: string[]): string | undefined {
  if (path === undefined) return undefined
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    problems.push(`${agentSettings.enrolmentTokenFile.name}: ${path} can not be read`)
    return undefined
  }
}

function kubeOf(values: Values, problems: string[]): KubeSource | undefined {
  if (values.kubeconfig !== undefined) {
    return { kind: 'kubeconfig', path: values.kubeconfig, context: values.kubeContext }
  }
  if (values.kubernetesHost !== undefined) {
    const host = values.kubernetesHost.includes(':') ? `[${values.kubernetesHost}]` : values.kubernetesHost
    return { kind: 'in-cluster', server: new URL(`https://${host}:${values.kubernetesPort}`) }
  }
  problems.push(`${agentSettings.kubeconfig.name} is required outside of a Pod`)
  return undefined
}
