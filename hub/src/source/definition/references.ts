import type { AppName, EnvironmentName } from '@roadstead/proto'
import type { FleetProblem } from '../problem.ts'
import type { Environment } from './definition.ts'
import type { DefinitionFile } from './files.ts'
import { orderGraph } from './graph.ts'
import type { Layout } from './layout.ts'
import type { AppFile, ClusterFile, FleetFile } from './schemas.ts'

interface Files {
  readonly fleet: DefinitionFile<FleetFile>
  readonly clusters: ReadonlyMap<string, DefinitionFile<ClusterFile>>
  readonly apps: ReadonlyMap<string, DefinitionFile<AppFile>>
  /** Names that are taken, also by files with a problem of their own. */
  readonly layout: Layout
}

/** The environments in the order of promotion. Those that have none, for they are in a cycle, come last. */
export function orderedEnvironments(
  fleet: DefinitionFile<FleetFile>,
  problems: FleetProblem[],
): Environment[] {
  const written = fleet.value.spec.environments
  const at = (name: EnvironmentName, ...rest: (string | number)[]) => [
    'spec',
    'environments',
    written.findLastIndex((environment) => environment.name === name),
    ...rest,
  ]
  const edges = new Map<EnvironmentName, readonly EnvironmentName[]>()
  for (const { name, after = [] } of written) {
    if (edges.has(name)) {
      problems.push(
        fleet.problem('invalid-field', `the environment ${name} is listed twice`, at(name, 'name')),
      )
    }
    edges.set(name, [...new Set(after)])
  }
  for (const [name, after] of edges) {
    const unknown = after.filter((other) => !edges.has(other))
    for (const other of unknown) {
      const message = `${name} comes after ${other}, which is no environment of this fleet`
      problems.push(fleet.problem('invalid-reference', message, at(name, 'after', after.indexOf(other))))
    }
  }
  const { order, cycles } = orderGraph(edges)
  for (const cycle of cycles) {
    const message = `environments follow each other in a circle: ${circle(cycle)}`
    problems.push(fleet.problem('cycle', message, at(cycle[0]!, 'after')))
  }
  return [...new Set([...order, ...edges.keys()])].map((name) => ({ name, after: edges.get(name)! }))
}

/** `a → b → a` */
const circle = (cycle: readonly string[]): string => [...cycle, cycle[0]].join(' → ')

/** Names that mean nothing, names that differ from their file's, and dependencies in a circle. */
export function referenceProblems(files: Files): FleetProblem[] {
  const { fleet, clusters, apps } = files
  const environments = new Set(fleet.value.spec.environments.map(({ name }) => name))
  const known = `fleet.yaml has ${[...environments].join(', ')}`
  const problems: FleetProblem[] = []
  for (const file of clusters.values()) {
    const { metadata, spec } = file.value
    problems.push(...misnamed(file, metadata.name, file.path.slice('clusters/'.length, -'.yaml'.length)))
    if (!environments.has(spec.environment)) {
      const message = `there is no environment ${spec.environment}; ${known}`
      problems.push(file.problem('invalid-reference', message, ['spec', 'environment']))
    }
  }
  for (const file of apps.values()) {
    problems.push(...misnamed(file, file.value.metadata.name, file.path.split('/')[1]!))
    for (const [index, environment] of (file.value.spec.environments ?? []).entries()) {
      if (environments.has(environment)) continue
      const message = `there is no environment ${environment}; ${known}`
      problems.push(file.problem('invalid-reference', message, ['spec', 'environments', index]))
    }
  }
  return [...problems, ...approvalProblems(files, environments), ...dependencyProblems(files)]
}

function misnamed(
  file: DefinitionFile<AppFile> | DefinitionFile<ClusterFile>,
  name: string,
  expected: string,
): FleetProblem[] {
  if (name === expected) return []
  const message = `metadata.name is ${name}, but the path says ${expected}; they must be the same`
  return [file.problem('invalid-field', message, ['metadata', 'name'])]
}

function approvalProblems(
  { fleet, layout }: Files,
  environments: ReadonlySet<EnvironmentName>,
): FleetProblem[] {
  return (fleet.value.spec.deletionApprovals ?? []).flatMap(({ cluster, environment }, index) => {
    const at = (field: string) => ['spec', 'deletionApprovals', index, field]
    const problems: FleetProblem[] = []
    if (cluster !== undefined && !layout.clusters.has(cluster)) {
      problems.push(fleet.problem('invalid-reference', `there is no cluster ${cluster}`, at('cluster')))
    }
    if (environment !== undefined && !environments.has(environment)) {
      const message = `there is no environment ${environment}`
      problems.push(fleet.problem('invalid-reference', message, at('environment')))
    }
    return problems
  })
}

function dependencyProblems({ apps: files, layout }: Files): FleetProblem[] {
  const apps = new Map([...files.values()].map((file) => [file.value.metadata.name, file]))
  const problems: FleetProblem[] = []
  const edges = new Map<AppName, readonly AppName[]>()
  for (const [name, file] of apps) {
    const dependencies = file.value.spec.dependsOn ?? []
    edges.set(name, dependencies)
    for (const [index, dependency] of dependencies.entries()) {
      if (layout.apps.has(dependency)) continue
      const message = `${name} depends on ${dependency}, which is no app of this fleet`
      problems.push(file.problem('invalid-reference', message, ['spec', 'dependsOn', index]))
    }
  }
  for (const cycle of orderGraph(edges).cycles) {
    const [first, next] = [cycle[0]!, cycle[1] ?? cycle[0]!]
    const index = edges.get(first)!.indexOf(next)
    const message = `apps depend on each other in a circle: ${circle(cycle)}`
    problems.push(apps.get(first)!.problem('cycle', message, ['spec', 'dependsOn', index]))
  }
  return problems
}
