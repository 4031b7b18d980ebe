import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { exitCodes, Failure } from '../exit.ts'

/** Where the API is, and who asks. */
export interface Connection {
  /** Without a trailing slash. */
  readonly server: string
  readonly token: string | undefined
}

/** What the sandbox leaves for the CLI, so that inside its directory nothing needs to be typed. */
export const clientFile = join('.roadstead', 'sandbox', 'client.json')

const maxFileBytes = 64 * 1024

export interface ConnectionOptions {
  readonly server?: string | undefined
  readonly token?: string | undefined
}

/**
 * Server and token, each from the first that has it: option, environment (`ROADSTEAD_SERVER`,
 * `ROADSTEAD_TOKEN`), the sandbox's file in this directory or one above.
 *
 * A token from the file goes only to the server of the same file: naming another server must not hand
 * the sandbox's token to it.
 *
 * @throws Failure `usage` without a server, or with one that is not an http(s) URL
 */
export function findConnection(
  options: ConnectionOptions,
  env: Readonly<Record<string, string | undefined>>,
  workingDirectory: string,
): Connection {
  const file = readClientFile(workingDirectory)
  const named = options.server ?? nonEmpty(env.ROADSTEAD_SERVER)
  const server = named === undefined ? file?.server : parseServer(named)
  if (server === undefined) {
    throw new Failure(exitCodes.usage, 'no server to ask', {
      advice:
        'Pass --server URL or set ROADSTEAD_SERVER. Below a directory where "npm run demo" runs it is found by itself.',
    })
  }
  const token = options.token ?? nonEmpty(env.ROADSTEAD_TOKEN)
  return { server, token: token ?? (file?.server === server ? file.token : undefined) }
}

function parseServer(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new Failure(exitCodes.usage, `"${text}" is not the URL of a server`, {
      advice: 'Give it with its scheme, for instance https://fleet.example.com.',
    })
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}

function readClientFile(from: string): Connection | undefined {
  for (let directory = from; ; directory = dirname(directory)) {
    const path = join(directory, clientFile)
    const text = readIfThere(path)
    if (text !== undefined) return parseClientFile(text, path)
    if (dirname(directory) === directory) return undefined
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return undefined
    throw error
  }
}

function parseClientFile(text: string, path: string): Connection {
  try {
    if (text.length > maxFileBytes) throw new Error(`longer than ${maxFileBytes} bytes`)
    const { server, token } = JSON.parse(text) as Record<string, unknown>
    if (typeof server !== 'string') throw new Error('no "server"')
    return { server: parseServer(server), token: typeof token === 'string' ? token : undefined }
  } catch (error) {
    throw new Failure(exitCodes.usage, `${path}: ${(error as Error).message}`, {
      advice: 'Delete the file, or start the sandbox again: it writes it anew.',
      cause: error,
    })
  }
}

const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text)
