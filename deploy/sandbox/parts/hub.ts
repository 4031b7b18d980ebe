import { join } from 'node:path'
import { portOf, ROOT } from '../state/index.ts'
import { launchTypeScript, type Surroundings } from './launch.ts'
import type { Part } from './part.ts'

const READY_DEADLINE_MS = 60_000
/** The name that stands behind what is done with the sandbox's token. */
export const API_USER = 'demo'

export interface HubPart extends Part {
  readonly url: string
}

/** @param databaseUrl asked at each start: the database is known only then */
export function hubPart(surroundings: Surroundings, databaseUrl: () => string, natsUrl: string): HubPart {
  const { paths, ports, token } = surroundings
  const port = portOf(ports, 'hub')
  const url = `http://127.0.0.1:${port}`
  const script = join(ROOT, 'services', 'hub', 'src', 'main.ts')
  return {
    name: 'hub',
    url,
    start() {
      const env = {
        ROADSTEAD_LISTEN_PORT: String(port),
        ROADSTEAD_PUBLIC_URL: url,
        ROADSTEAD_DATABASE_URL: databaseUrl(),
        ROADSTEAD_NATS_URLS: natsUrl,
        ROADSTEAD_SECRETS_DIRECTORY: paths.secrets,
        ROADSTEAD_REPOSITORY_DIRECTORY: paths.repository,
        ROADSTEAD_API_TOKENS: `${API_USER}:${token}`,
      }
      const readiness = { ready: /"hub ready"/, readyDeadlineMs: READY_DEADLINE_MS }
      return launchTypeScript('hub', surroundings, { script, env, ...readiness })
    },
  }
}
