/** The same ports on every run, so that bookmarks, clones and kubeconfigs stay good. */
import { existsSync, readFileSync } from 'node:fs'
import { writePrivate } from './directory.ts'

export type Ports = Readonly<Record<string, number>>

const MIN_PORT = 1_024
const MAX_PORT = 65_535

export interface PortEdges {
  isFree(port: number): Promise<boolean>
  /** Some port that is free. */
  find(): Promise<number>
}

/**
 * A port for each name: the one it had or would like to have, else, where somebody else listens on it or it has
 * none, another.
 */
export async function choosePorts(
  names: readonly string[],
  wanted: Ports,
  { isFree, find }: PortEdges,
): Promise<Ports> {
  const chosen = new Map<string, number>()
  for (const name of names) {
    const port = wanted[name]
    const taken = port === undefined || [...chosen.values()].includes(port) || !(await isFree(port))
    chosen.set(name, taken ? await find() : port)
  }
  return Object.fromEntries(chosen)
}

/** @throws {Error} for a name that `choosePorts` was not given */
export function portOf(ports: Ports, name: string): number {
  const port = ports[name]
  if (port === undefined) throw new Error(`no port was chosen for ${name}`)
  return port
}

/** Those of the last run; none where there was none, or where the file makes no sense. */
export function readPorts(path: string): Ports {
  if (!existsSync(path)) return {}
  try {
    const entries = Object.entries(JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>)
    return Object.fromEntries(entries.filter((entry): entry is [string, number] => isPort(entry[1])))
  } catch {
    return {}
  }
}

export function writePorts(path: string, ports: Ports): void {
  writePrivate(path, `${JSON.stringify(ports, null, 2)}\n`)
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= MIN_PORT && (value as number) <= MAX_PORT
}
