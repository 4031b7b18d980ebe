import { createHash, randomBytes } from 'node:crypto'

/** 256 random bits: nobody guesses one, so a table of fast hashes of them gives nothing away. */
export const newToken = (): string => `rse_${randomBytes(32).toString('base64url')}`

export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')
