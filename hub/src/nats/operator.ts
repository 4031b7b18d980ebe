import {
  accounts,
  type ClusterName,
  createReleaseKeys,
  createSigner,
  type ReleaseKeys,
  type Signer,
} from '@roadstead/proto'
import { agentsAccount, hubAccount, systemAccount } from './accounts.ts'
import { type AccountClaims, encodeClaims } from './claims.ts'
import { createSecrets, loadSecrets, type Secrets } from './secrets.ts'

/** A user of the broker: what a connection presents. */
export interface Credentials {
  readonly jwt: string
  readonly seed: Uint8Array
}

/** The public key of an agent, and the second (since the epoch) up to which its credentials are void. */
export type Revocations = Readonly<Record<string, number>>

/** The authority over one installation's broker: everything that follows from its secrets. */
export interface Operator {
  readonly jwt: string
  readonly accounts: { readonly system: string; readonly hub: string; readonly agents: string }
  readonly hubCredentials: Credentials
  readonly systemCredentials: Credentials
  /** Seals assignments; its public key is what agents are given. */
  readonly signer: Signer
  /** Encrypts releases, and wraps their keys for the clusters that run them. */
  readonly releaseKeys: ReleaseKeys
  /**
   * The accounts as a broker is to know them before the hub has spoken to it. They are dated to 1970, so
   * that a broker which already holds newer ones (with revocations) keeps those.
   */
  preload(): Readonly<Record<string, string>>
  /**
   * The accounts as a broker should hold them now.
   *
   * @param issuedAt seconds since the epoch
   * @param guarded whether the broker is of version 2.10 or later: see `releaseGuard`
   */
  accountTokens(revocations: Revocations, issuedAt: number, guarded: boolean): readonly string[]
  /** A credential for one cluster, bound to the key that its agent made. It does not expire; it is revoked. */
  issueAgentJwt(cluster: ClusterName, publicKey: string, issuedAt: number): string
}

const preloadIssuedAt = 1

/**
 * The operator whose secrets are in `directory`; makes the missing ones.
 *
 * @throws RoadsteadError `bad-request` with the file that can not be read or written
 */
export const createOperator = (directory: string): Operator => operatorOf(createSecrets(directory))

/** The operator of existing secrets; for a hub, which must never make an identity of its own by mistake. */
export const loadOperator = (directory: string): Operator => operatorOf(loadSecrets(directory))

function operatorOf(secrets: Secrets): Operator {
  const publicKeys = {
    system: secrets.systemAccount.getPublicKey(),
    hub: secrets.hubAccount.getPublicKey(),
    agents: secrets.agentsAccount.getPublicKey(),
  }
  const account = (name: string, subject: string, nats: AccountClaims, issuedAt: number) =>
    encodeClaims({ name, subject, issuedAt, nats }, secrets.operator)
  const hubToken = (issuedAt: number) =>
    account(accounts.hub, publicKeys.hub, hubAccount(publicKeys.agents), issuedAt)
  const agentsToken = (revocations: Revocations, issuedAt: number, guarded: boolean) => {
    const signer = secrets.agentsSigner.getPublicKey()
    const claims = agentsAccount(publicKeys.hub, signer, revocations, guarded)
    return account(accounts.agents, publicKeys.agents, claims, issuedAt)
  }
  return {
    jwt: encodeClaims(
      {
        name: 'roadstead',
        subject: secrets.operator.getPublicKey(),
        issuedAt: preloadIssuedAt,
        nats: { type: 'operator', system_account: publicKeys.system },
      },
      secrets.operator,
    ),
    accounts: publicKeys,
    hubCredentials: unscopedUser('hub', secrets.hubUser, secrets.hubAccount),
    systemCredentials: unscopedUser('hub', secrets.systemUser, secrets.systemAccount),
    signer: createSigner(secrets.assignmentKey),
    releaseKeys: createReleaseKeys(secrets.releaseMaster),
    preload: () => ({
      [publicKeys.system]: account(accounts.system, publicKeys.system, systemAccount(), preloadIssuedAt),
      [publicKeys.hub]: hubToken(preloadIssuedAt),
      [publicKeys.agents]: agentsToken({}, preloadIssuedAt, false),
    }),
    accountTokens: (revocations, issuedAt, guarded) => [
      hubToken(issuedAt),
      agentsToken(revocations, issuedAt, guarded),
    ],
    issueAgentJwt: (cluster, publicKey, issuedAt) =>
      encodeClaims(
        {
          name: cluster,
          subject: publicKey,
          issuedAt,
          nats: { type: 'user', issuer_account: publicKeys.agents },
        },
        secrets.agentsSigner,
      ),
  }
}

function unscopedUser(name: string, user: Secrets['hubUser'], account: Secrets['hubAccount']): Credentials {
  const claims = {
    name,
    subject: user.getPublicKey(),
    issuedAt: preloadIssuedAt,
    nats: { type: 'user', subs: -1, data: -1, payload: -1 },
  } as const
  return { jwt: encodeClaims(claims, account), seed: user.getSeed() }
}
