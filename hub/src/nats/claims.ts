import { createHash } from 'node:crypto'
import type { KeyPair } from '@nats-io/nkeys'

/**
 * NATS JWTs (version 2), as the server's own Go library reads them. `@nats-io/jwt` writes the same format
 * but always stamps the present time, and a preloaded account must be older than any pushed later.
 */
export interface Claims {
  readonly name: string
  /** The public key that the token is about. */
  readonly subject: string
  /** Seconds since the epoch. */
  readonly issuedAt: number
  readonly nats: OperatorClaims | AccountClaims | UserClaims
}

export interface OperatorClaims {
  readonly type: 'operator'
  readonly system_account: string
}

/** A limit of -1 is none; one that is left out is 0, which forbids. */
export interface AccountLimits {
  readonly subs: number
  readonly data: number
  readonly payload: number
  readonly imports: number
  readonly exports: number
  readonly wildcards: boolean
  readonly conn: number
  readonly leaf?: number
  readonly disk_storage?: number
  readonly streams?: number
  readonly consumer?: number
}

export interface Export {
  readonly name: string
  readonly subject: string
  readonly type: 'stream' | 'service'
  readonly response_type?: 'Singleton'
}

export interface Import {
  readonly name: string
  readonly subject: string
  readonly account: string
  readonly type: 'stream' | 'service'
}

export interface Permissions {
  readonly pub: { readonly allow: readonly string[] }
  readonly sub: { readonly allow: readonly string[] }
  /** Answers to a message that carried a reply subject: how many, and for how many nanoseconds. */
  readonly resp: { readonly max: number; readonly ttl: number }
}

export interface SigningScope {
  readonly kind: 'user_scope'
  readonly key: string
  readonly role: string
  readonly template: Permissions & {
    readonly subs: number
    readonly data: number
    readonly payload: number
    readonly allowed_connection_types?: readonly string[]
  }
}

export interface AccountClaims {
  readonly type: 'account'
  readonly limits: AccountLimits
  readonly exports?: readonly Export[]
  readonly imports?: readonly Import[]
  readonly mappings?: Readonly<Record<string, readonly { readonly subject: string }[]>>
  readonly signing_keys?: readonly SigningScope[]
  /** Public keys of users, and the second up to which what was issued to them is void. */
  readonly revocations?: Readonly<Record<string, number>>
}

export interface UserClaims {
  readonly type: 'user'
  /** The account, where a signing key issues and not the account's own. */
  readonly issuer_account?: string
  /** Absent for a user of a scoped signing key: the scope's template holds. */
  readonly subs?: number
  readonly data?: number
  readonly payload?: number
}

const header = base64url(JSON.stringify({ typ: 'JWT', alg: 'ed25519-nkey' }))

/** The signed token. The same claims give the same token. */
export function encodeClaims(claims: Claims, issuer: KeyPair): string {
  const body = {
    iat: claims.issuedAt,
    iss: issuer.getPublicKey(),
    name: claims.name,
    sub: claims.subject,
    nats: { ...claims.nats, version: 2 },
  }
  const jti = createHash('sha256').update(JSON.stringify(body)).digest('base64url')
  const signed = `${header}.${base64url(JSON.stringify({ ...body, jti }))}`
  return `${signed}.${base64url(issuer.sign(Buffer.from(signed)))}`
}

/** The account claims inside a token that came from a trusted place: the signature is not checked. */
export function readAccountClaims(token: string): AccountClaims {
  const [, body = ''] = token.split('.')
  return JSON.parse(Buffer.from(body, 'base64url').toString('utf8')).nats
}

function base64url(bytes: string | Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
