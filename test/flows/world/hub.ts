import { fileURLToPath } from 'node:url'
import { createHub, type HubConfig } from '@roadstead/hub'
import { freePort, type Program, startTypeScript } from '../../harness/index.ts'
import type { Part } from './member.ts'
import { tellSockets } from './sockets.ts'

// biome-ignore lint/suspicious/noExplicitAny: the shape is the API's, which has tests of its own
export type Answer = any

/** A replica of the hub, on the same port each time it is started. */
export interface HubPart extends Part {
  readonly url: string
  /** `git push` goes here. */
  readonly gitRemote: string
  /** Parsed JSON of the API's answer; any status but 2xx is an error that quotes it. */
  get<T = Answer>(path: string): Promise<T>
  post<T = Answer>(path: string): Promise<T>
  /** What it logged, and what `socketUses` reads; of a hub in this process nothing. */
  readonly lines: readonly string[]
  /** `kill -9`; only a hub that runs as a program can be killed. */
  kill(): Promise<void>
}

export type ConfigOf = (port: number) => HubConfig

/** A hub in this process, or as the program that is deployed. */
export async function hubPart(configOf: ConfigOf, asProgram: boolean): Promise<HubPart> {
  const config = configOf(await freePort())
  const { port, tokens } = config.http
  const [{ name, token } = { name: '', token: '' }] = tokens
  const call = async <T>(path: string, init: RequestInit): Promise<T> => {
    const url = `http://127.0.0.1:${port}${path}`
    const response = await fetch(url, { ...init, headers: { authorization: `Bearer ${token}` } })
    const text = await response.text()
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`)
    return text === '' ? (undefined as T) : JSON.parse(text)
  }
  return Object.assign(asProgram ? hubProgram(config) : hubInProcess(config), {
    url: `http://127.0.0.1:${port}`,
    gitRemote: `http://${name}:${token}@127.0.0.1:${port}/git/fleet.git`,
    get: <T>(path: string) => call<T>(path, {}),
    post: <T>(path: string) => call<T>(path, { method: 'POST' }),
  })
}

type Runner = Part & Pick<HubPart, 'lines' | 'kill'>

function hubInProcess(config: HubConfig): Runner {
  let hub: Awaited<ReturnType<typeof createHub>> | undefined
  return {
    lines: [],
    async start() {
      hub ??= await createHub(config)
    },
    async stop() {
      await hub?.close()
      hub = undefined
    },
    kill: () => Promise.reject(new Error('a hub in this process can not be killed: set hubAsProgram')),
  }
}

const main = fileURLToPath(new URL('../../../services/hub/src/main.ts', import.meta.url))

function hubProgram(config: HubConfig): Runner {
  let program: Program | undefined
  return {
    get lines() {
      return program?.lines ?? []
    },
    async start() {
      program ??= await startTypeScript(main, {
        env: { ...environmentOf(config), ...tellSockets },
        ready: /hub ready/,
      })
    },
    async stop() {
      await program?.stop()
      program = undefined
    },
    async kill() {
      await program?.kill()
      program = undefined
    },
  }
}

function environmentOf({ http, database, nats, git, silentAfterMs, telemetry }: HubConfig) {
  return {
    ROADSTEAD_LISTEN_PORT: String(http.port),
    ROADSTEAD_API_TOKENS: http.tokens.map(({ name, token }) => `${name}:${token}`).join(','),
    ROADSTEAD_DATABASE_URL: database.url,
    ROADSTEAD_NATS_URLS: nats.urls.join(','),
    ROADSTEAD_SECRETS_DIRECTORY: nats.secretsDirectory,
    ROADSTEAD_REPOSITORY_DIRECTORY: git.directory,
    ROADSTEAD_SILENT_AFTER_MS: String(silentAfterMs),
    ROADSTEAD_LOG_LEVEL: 'info',
    ...(telemetry.otlpEndpoint && { OTEL_EXPORTER_OTLP_ENDPOINT: telemetry.otlpEndpoint }),
  }
}
