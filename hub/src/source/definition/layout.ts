import { isName } from '@roadstead/proto'
import { sourceLimits } from '../limits.ts'
import type { FleetProblem } from '../problem.ts'
import type { FleetTree, TreeEntry } from '../tree.ts'

/** Which files of a repository are whose, told from their paths alone. */
export interface Layout {
  /** `clusters/<cluster>.yaml` by cluster. */
  readonly clusters: ReadonlyMap<string, string>
  readonly apps: ReadonlyMap<string, AppLayout>
  /** Faults that hold back the whole commit. */
  readonly problems: readonly FleetProblem[]
}

export interface AppLayout {
  readonly directory: string
  /** Environment → variant names. */
  readonly overlays: ReadonlyMap<string, readonly string[]>
}

export const fleetFile = 'fleet.yaml'

export function readLayout({ entries }: FleetTree): Layout {
  const clusters = new Map<string, string>()
  const apps = new Map<string, { directory: string; overlays: Map<string, string[]> }>()
  const problems: FleetProblem[] = repositoryProblems(entries)
  for (const [path, entry] of entries) {
    const parts = path.split('/')
    const [top, name = '', third, environment, fifth, variant] = parts
    if (path !== fleetFile && (parts.length < 2 || (top !== 'clusters' && top !== 'apps'))) continue
    const fault = entryProblem(path, entry)
    if (fault) problems.push(fault)
    else if (top === 'clusters') {
      const cluster = clusterOf(path, parts, entry, problems)
      if (cluster !== undefined) clusters.set(cluster, path)
    } else if (parts.length === 2 && entry.kind === 'directory') {
      if (!isName(name)) problems.push(badName(path, 'an app', name))
      else apps.set(name, { directory: path, overlays: new Map() })
    } else if (third === 'overlays' && entry.kind === 'directory') {
      const overlays = apps.get(name)?.overlays ?? apps.set(name, emptyApp(name)).get(name)!.overlays
      if (parts.length === 4) overlays.set(environment!, overlays.get(environment!) ?? [])
      else if (parts.length === 6 && fifth === 'clusters') {
        overlays.set(environment!, [...(overlays.get(environment!) ?? []), variant!])
      }
    }
  }
  for (const [name, { directory }] of apps) {
    if (!entries.has(`${directory}/app.yaml`)) {
      problems.push({
        code: 'invalid-reference',
        message: `the app ${name} has no app.yaml`,
        file: directory,
      })
    }
  }
  problems.push(...tooMany('clusters', clusters.size), ...tooMany('apps', apps.size))
  return { clusters, apps, problems }
}

const emptyApp = (name: string) => ({ directory: `apps/${name}`, overlays: new Map<string, string[]>() })

function repositoryProblems(entries: FleetTree['entries']): FleetProblem[] {
  if (entries.size === 0) {
    const message = `the repository is empty; it starts with a ${fleetFile} that names the environments`
    return [{ code: 'empty-repository', message }]
  }
  if (entries.size > sourceLimits.entries) {
    const message = `the commit has ${entries.size} files and directories; the limit is ${sourceLimits.entries}`
    return [{ code: 'too-large', message }]
  }
  if (entries.get(fleetFile) === undefined) {
    const message = `there is no ${fleetFile} at the top of the repository`
    return [{ code: 'invalid-reference', message, file: fleetFile }]
  }
  return []
}

/** What is wrong with an entry whatever it is for. */
function entryProblem(path: string, { kind, bytes }: TreeEntry): FleetProblem | undefined {
  if (kind === 'symlink') {
    const message = 'a symbolic link; put the file itself here, or refer to it in a kustomization'
    return { code: 'invalid-path', message, file: path }
  }
  if (kind === 'submodule') {
    return { code: 'invalid-path', message: 'a submodule; what it points to is not read', file: path }
  }
  if (bytes > sourceLimits.appFileBytes) {
    const message = `the file has ${bytes} bytes; the limit is ${sourceLimits.appFileBytes}`
    return { code: 'too-large', message, file: path }
  }
  if (path.includes('\uFFFD')) {
    return { code: 'invalid-path', message: 'the path is not UTF-8', file: path }
  }
  if (Buffer.byteLength(path) > sourceLimits.pathBytes) {
    const message = `the path is longer than ${sourceLimits.pathBytes} bytes`
    return { code: 'invalid-path', message, file: path }
  }
  return undefined
}

/** The cluster a path in `clusters/` is about; other files there, a README for instance, are nobody's. */
function clusterOf(
  path: string,
  parts: readonly string[],
  entry: TreeEntry,
  problems: FleetProblem[],
): string | undefined {
  const name = parts[1]!.replace(/\.yaml$/, '')
  if (parts.length > 2) return undefined
  if (entry.kind === 'directory' || path.endsWith('.yml')) {
    const message = `a cluster is one file, clusters/<name>.yaml; this is ${entry.kind === 'directory' ? 'a directory' : 'named .yml'}`
    problems.push({ code: 'invalid-path', message, file: path })
  } else if (path.endsWith('.yaml')) {
    if (isName(name)) return name
    problems.push(badName(path, 'a cluster', name))
  }
  return undefined
}

const badName = (file: string, what: string, name: string): FleetProblem => ({
  code: 'invalid-path',
  message: `"${name}" can not name ${what}: lower-case letters, digits and dashes, at most 63, a letter or digit at each end`,
  file,
})

function tooMany(what: 'clusters' | 'apps', count: number): FleetProblem[] {
  const limit = sourceLimits[what]
  return count <= limit
    ? []
    : [{ code: 'too-large', message: `${count} ${what}; the limit is ${limit}`, file: what }]
}
