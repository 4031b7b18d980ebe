import type { Variable } from '@roadstead/proto'
import { locate } from '../source/definition/index.ts'
import type { Cluster, FleetTree } from '../source/index.ts'
import type { Place } from './places.ts'

type Path = readonly string[]

/** Where in a cluster's file a variable is, and what it is; undefined where the cluster does not set it. */
export function settingOf(cluster: Cluster, name: string): { path: Path; value: Variable } | undefined {
  if (name === 'cluster.name') return { path: ['metadata', 'name'], value: cluster.name }
  if (name === 'cluster.environment') return { path: ['spec', 'environment'], value: cluster.environment }
  const label = after(name, 'cluster.labels.')
  if (label !== undefined) return own(cluster.labels, label, ['metadata', 'labels', label])
  const variable = after(name, 'vars.') ?? ''
  return own(cluster.variables, variable, ['spec', 'variables', variable])
}

const after = (name: string, prefix: string): string | undefined =>
  name.startsWith(prefix) ? name.slice(prefix.length) : undefined

const own = (record: Readonly<Record<string, Variable>>, key: string, path: Path) =>
  Object.hasOwn(record, key) ? { path, value: record[key]! } : undefined

/** What one cluster puts in for one variable, and where its file says so. */
export interface Setting {
  readonly cluster: string
  readonly value: Variable | null
  readonly place: Place | undefined
}

/** Looks names up in the files of some clusters: each file is read once, each name looked up once. */
export async function readSettings(
  tree: FleetTree,
  clusters: readonly Cluster[],
): Promise<(name: string) => readonly Setting[]> {
  const contents = await tree.read(clusters.map(({ file }) => file))
  const settings = (name: string): Setting[] =>
    clusters.map((cluster) => {
      const setting = settingOf(cluster, name)
      const bytes = contents.get(cluster.file)
      const at = setting && bytes && locate(bytes, setting.path)
      return {
        cluster: cluster.name,
        value: setting?.value ?? null,
        place: at && { file: cluster.file, ...at },
      }
    })
  const known = new Map<string, readonly Setting[]>()
  return (name) => {
    const found = known.get(name) ?? settings(name)
    known.set(name, found)
    return found
  }
}
