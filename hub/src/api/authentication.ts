import { createHash, timingSafeEqual } from 'node:crypto'
import { RoadsteadError } from '@roadstead/proto'
import type { ApiToken } from './edges.ts'

/** Who a request's `Authorization` header speaks for: the name of its token. */
export type Authenticate = (authorization: string | undefined) => string

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()

/**
 * Accepts `Bearer <token>`, and `Basic` with the token as the password, which is all that Git can send.
 * Hashes are compared, all of them, so that the time says nothing about any token.
 *
 * @throws (the function returned) RoadsteadError `unauthenticated`
 */
export function authenticator(tokens: readonly ApiToken[]): Authenticate {
  const known = tokens.map(({ name, token }) => ({ name, hash: sha256(token) }))
  return (authorization) => {
    const presented = presentedToken(authorization)
    if (presented === undefined) {
      throw new RoadsteadError('unauthenticated', 'send Authorization: Bearer <token>')
    }
    const hash = sha256(presented)
    const matches = known.filter((token) => timingSafeEqual(token.hash, hash))
    const [match] = matches
    if (match === undefined)
      throw new RoadsteadError('unauthenticated', 'the token is not one of this server')
    return match.name
  }
}

function presentedToken(authorization = ''): string | undefined {
  const [, scheme, credentials = ''] = /^(Bearer|Basic) +([^ ]+) *$/i.exec(authorization) ?? []
  switch (scheme?.toLowerCase()) {
    case 'bearer':
      return credentials
    case 'basic': {
      const pair = Buffer.from(credentials, 'base64').toString('utf8')
      return pair.slice(pair.indexOf(':') + 1)
    }
    default:
      return undefined
  }
}
