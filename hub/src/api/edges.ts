import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ClusterName, EnrolmentRequest, EnrolmentResponse } from '@roadstead/proto'
import type { Database } from '../db/index.ts'
import type { Explainer } from '../explain/index.ts'
import type { Telemetry } from '../telemetry/index.ts'

/** Git's smart HTTP and the remote, as the source stage has them. */
export interface GitBackend {
  /** Answers everything below `…/fleet.git/`; the user has been checked. Does not reject. */
  handle(request: IncomingMessage, response: ServerResponse, user: string): Promise<void>
  /** Looks at the remote now. */
  poke(): void
}

/** Agents' credentials, as the identity stage has them. All throw RoadsteadError. */
export interface Enrolment {
  /** For a cluster that the fleet does not have yet, too. The token is shown this once. */
  createToken(cluster: ClusterName, author: string): Promise<{ token: string; expiresAt: Date }>
  /** `unauthenticated` for a token that is unknown, used, expired or another cluster's. */
  enrol(request: EnrolmentRequest): Promise<EnrolmentResponse>
  /** `not-found` when the cluster never enrolled. */
  revoke(cluster: ClusterName, author: string): Promise<void>
}

/** Who may use the API. The name is the author of what is done with the token. */
export interface ApiToken {
  readonly name: string
  readonly token: string
}

/** What the API reaches outside itself. A stage that is not there leaves its routes answering `unavailable`. */
export interface ApiEdges {
  readonly database: Database
  readonly telemetry: Telemetry
  readonly clock: { now(): number }
  readonly source?: GitBackend | undefined
  readonly identity?: Enrolment | undefined
  readonly explainer?: Pick<Explainer, 'explain'> | undefined
  /** What has to work for this replica to be ready, beside the database; each throws what is wrong. */
  readonly checks?: Readonly<Record<string, () => Promise<void> | void>>
  /** Calls back when new events may be there; without it they are looked for every two seconds. */
  readonly onEvents?: (call: () => void) => { close(): Promise<void> }
}

export interface ApiOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly tokens: readonly ApiToken[]
  /** PEM. */
  readonly tls?: { readonly certificate: string; readonly key: string } | undefined
  /** Signs `POST /v1/webhooks/git`; without it there is no such route. */
  readonly webhookSecret?: string | undefined
  /** How others reach this server; named in the OpenAPI document. */
  readonly publicUrl?: string | undefined
  readonly version: string
}
