import { readFileSync } from 'node:fs'
import { RoadsteadError, settings } from '@roadstead/proto'
import { hubSettings } from './table.ts'

export interface ApiToken {
  readonly name: string
  readonly token: string
}

export interface HubConfig {
  readonly http: {
    readonly host: string
    readonly port: number
    readonly publicUrl: string | undefined
    readonly tls: { readonly certificate: string; readonly key: string } | undefined
    readonly tokens: readonly ApiToken[]
    readonly webhookSecret: string | undefined
  }
  readonly database: { readonly url: string; readonly poolSize: number; readonly statementTimeoutMs: number }
  readonly nats: {
    readonly urls: readonly string[]
    readonly agentUrls: readonly string[]
    readonly certificateAuthority: string | undefined
    readonly secretsDirectory: string
  }
  readonly git: {
    readonly directory: string
    readonly branch: string
    readonly searchPath: string
    readonly remote:
      | {
          readonly url: string
          readonly username: string
          readonly password: string | undefined
          readonly pollMs: number
        }
      | undefined
  }
  readonly silentAfterMs: number
  readonly lead: boolean
  readonly telemetry: {
    readonly otlpEndpoint: string | undefined
    readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  }
}

/**
 * The hub's configuration from its environment.
 *
 * @throws RoadsteadError `bad-request` that lists every fault, each with its variable
 */
export function readHubConfig(environment: Readonly<Record<string, string | undefined>>): HubConfig {
  const { values, faults } = settings.readSettings(hubSettings, environment)
  const problems = [...faults]
  const tokens = faults.length > 0 ? [] : parseTokens(values.apiTokens, problems)
  const read = (path: string | undefined, name: string) => readFile(path, name, problems)
  const certificate = read(values.tlsCertificate, hubSettings.tlsCertificate.name)
  const key = read(values.tlsKey, hubSettings.tlsKey.name)
  const certificateAuthority = read(
    values.natsCertificateAuthority,
    hubSettings.natsCertificateAuthority.name,
  )
  if ((values.tlsCertificate === undefined) !== (values.tlsKey === undefined)) {
    problems.push(`${hubSettings.tlsCertificate.name} and ${hubSettings.tlsKey.name} go together`)
  }
  if (problems.length > 0) {
    throw new RoadsteadError(
      'bad-request',
      `the hub can not start:\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    )
  }
  return {
    http: {
      host: values.listenHost,
      port: values.listenPort,
      publicUrl: values.publicUrl,
      tls: certificate !== undefined && key !== undefined ? { certificate, key } : undefined,
      tokens,
      webhookSecret: values.webhookSecret,
    },
    database: {
      url: values.databaseUrl,
      poolSize: values.databasePoolSize,
      statementTimeoutMs: values.databaseStatementTimeoutMs,
    },
    nats: {
      urls: values.natsUrls,
      agentUrls: values.natsAgentUrls.length > 0 ? values.natsAgentUrls : values.natsUrls,
      certificateAuthority,
      secretsDirectory: values.secretsDirectory,
    },
    git: {
      directory: values.repositoryDirectory,
      branch: values.gitBranch,
      searchPath: values.searchPath,
      remote:
        values.gitRemote === undefined
          ? undefined
          : {
              url: values.gitRemote,
              username: values.gitUsername,
              password: values.gitPassword,
              pollMs: values.gitPollMs,
            },
    },
    silentAfterMs: values.silentAfterMs,
    lead: values.lead,
    telemetry: { otlpEndpoint: values.otlpEndpoint, logLevel: values.logLevel },
  }
}

const tokenMinChars = 20

function parseTokens(pairs: readonly string[], problems: string[]): ApiToken[] {
  const name = hubSettings.apiTokens.name
  if (pairs.length === 0) problems.push(`${name} must name at least one token`)
  return pairs.map((pair, index) => {
    const colon = pair.indexOf(':')
    const token = pair.slice(colon + 1)
    if (colon < 1) problems.push(`${name}: entry ${index + 1} is not of the form name:token`)
    else if (token.length < tokenMinChars) {
      problems.push(
        `${name}: the token of ${pair.slice(0, colon)} is shorter than ${tokenMinChars} characters`,
      )
    }
    return { name: pair.slice(0, colon), token }
  })
}

function readFile(path: string | undefined, name: string, problems: string[]): string | undefined {
  if (path === undefined) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    problems.push(`${name}: ${(error as Error).message}`)
    return undefined
  }
}
