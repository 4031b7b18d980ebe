import { fileURLToPath } from 'node:url'
import { parseJson } from '@roadstead/proto'

export interface SocketUse {
  readonly socket: 'connect' | 'listen'
  readonly port?: number
  /** Of a Unix socket. */
  readonly path?: string
}

/** For the environment of a program of ours, so that it tells what it does with sockets. */
export const tellSockets = {
  NODE_OPTIONS: `--import=${fileURLToPath(new URL('./tell-sockets.ts', import.meta.url))}`,
}

/** What such a program told. */
export const socketUses = (lines: readonly string[]): readonly SocketUse[] =>
  lines.filter((line) => line.startsWith('{"socket"')).map((line) => parseJson(line) as unknown as SocketUse)
