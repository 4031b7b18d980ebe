import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { writePrivate } from './directory.ts'

const TOKEN_BYTES = 24

/** The API token of this state directory; made once. */
export function apiToken(path: string): string {
  if (existsSync(path)) return readFileSync(path, 'utf8').trim()
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  writePrivate(path, `${token}\n`)
  return token
}
