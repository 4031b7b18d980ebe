import { setTimeout as delay } from 'node:timers/promises'
import {
  type Clock,
  type ClusterName,
  codeOf,
  type EnrolmentRequest,
  type EnrolmentResponse,
  messageOf,
  RoadsteadError,
} from '@roadstead/proto'
import type { Database } from '../db/index.ts'
import type { Operator } from '../nats/index.ts'
import { attributes, type Telemetry } from '../telemetry/index.ts'
import { admit, createToken, type EnrolmentToken, expel } from './enrol.ts'
import { brokerTeller } from './tell.ts'

export interface IdentityEdges {
  readonly database: Database
  readonly operator: Operator
  readonly clock: Clock
  readonly telemetry: Telemetry
}

export interface IdentityOptions {
  /** Where the hub reaches the broker. */
  readonly natsUrls: readonly string[]
  /** Where agents do. */
  readonly natsAgentUrls: readonly string[]
  /** PEM; told to agents as well. */
  readonly certificateAuthority?: string | undefined
}

export interface Identity {
  /** A token for one enrolment of this cluster. It is shown here and nowhere else. */
  createToken(cluster: ClusterName, validMs?: number): Promise<EnrolmentToken>
  /**
   * A one-time token for an identity. Once the answer is there, a key that the cluster had before is
   * revoked.
   *
   * @throws RoadsteadError `unauthenticated`, `bad-request` or `conflict`
   */
  enrol(request: EnrolmentRequest): Promise<EnrolmentResponse>
  /**
   * Revokes the cluster's credentials. When this returns, its connection is closed.
   *
   * @throws RoadsteadError `not-found`; or `unavailable` or `timeout`: the revocation is recorded, and
   *   takes effect as soon as the broker answers
   */
  revoke(cluster: ClusterName): Promise<void>
  /**
   * Keeps the broker's accounts as they should be until the signal: tells them at the start, and again
   * whenever telling them failed. Every replica runs it. Never rejects.
   */
  run(signal: AbortSignal): Promise<void>
}

export const identityLimits = {
  tokenValidMs: 24 * 3_600_000,
  tokenValidMaxMs: 30 * 24 * 3_600_000,
  /** How often the broker is told again after failures, and how soon a new failure is noticed. */
  retryMinMs: 500,
  retryMaxMs: 15_000,
} as const

const pauseMs = (failures: number): number =>
  Math.min(identityLimits.retryMaxMs, identityLimits.retryMinMs * 2 ** Math.min(failures, 10))

export function createIdentity(edges: IdentityEdges, options: IdentityOptions): Identity {
  const { database, operator, clock, telemetry } = edges
  const { certificateAuthority } = options
  const access = { urls: options.natsUrls, operator, certificateAuthority }
  const accounts = brokerTeller(database, access, clock)
  const now = () => new Date(clock.now())

  const warn = (error: unknown) =>
    telemetry.logger.warn(
      { [attributes.code]: codeOf(error) },
      `the broker does not know the accounts yet: ${messageOf(error)}`,
    )

  return {
    async createToken(cluster, validMs = identityLimits.tokenValidMs) {
      if (!(validMs > 0 && validMs <= identityLimits.tokenValidMaxMs)) {
        throw new RoadsteadError(
          'bad-request',
          `a token is valid for at most ${identityLimits.tokenValidMaxMs} ms`,
        )
      }
      const work = database.transaction()
      return work.execute((transaction) => createToken(transaction, cluster, now(), validMs))
    },

    async enrol(request) {
      const { cluster, publicKey } = request
      const work = database.transaction()
      const { replaced } = await work.execute((transaction) => admit(transaction, request, now()))
      telemetry.logger.info({ [attributes.cluster]: cluster }, replaced ? 'enrolled again' : 'enrolled')
      // A broker that is away does not keep the new agent out: the revocation is recorded, and told later.
      if (replaced) {
        await accounts.changed().catch(warn)
      }
      return {
        cluster,
        userJwt: operator.issueAgentJwt(cluster, publicKey, Math.floor(clock.now() / 1000)),
        natsUrls: [...options.natsAgentUrls],
        assignmentKeys: [operator.signer.publicKey],
        clusterKey: operator.releaseKeys.clusterKey(cluster),
        ...(certificateAuthority === undefined ? {} : { natsCertificateAuthority: certificateAuthority }),
      }
    },

    async revoke(cluster) {
      await database.transaction().execute((transaction) => expel(transaction, cluster, now()))
      telemetry.logger.info({ [attributes.cluster]: cluster }, 'revoked')
      await accounts.changed()
    },

    async run(signal) {
      for (let failures = 0; !signal.aborted; ) {
        if (accounts.isDue()) {
          const trouble = await accounts.tell().then(
            () => undefined,
            (error: unknown) => ({ error }),
          )
          if (trouble) warn(trouble.error)
          failures = trouble ? failures + 1 : 0
        }
        await delay(pauseMs(failures), undefined, { signal }).catch(() => {})
      }
    },
  }
}
