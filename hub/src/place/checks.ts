import { type ClusterName, limits } from '@roadstead/proto'
import { type RenderedObject, type VariableReference, writtenText } from '../render/index.ts'
import type { Cluster, FleetProblem } from '../source/index.ts'
import type { Offer } from './offer.ts'

/** Clusters that get exactly the same: what holds for one of them holds for all. */
export interface ClusterGroup {
  readonly offers: readonly Offer[]
  readonly clusters: readonly Cluster[]
}

/** What is wrong with groups of clusters. The same fault on many clusters is one problem. */
export function groupProblems(groups: Iterable<ClusterGroup>): FleetProblem[] {
  const faults = new Faults()
  for (const group of groups) {
    findConflicts(group, faults)
    findUnmetDependencies(group, faults)
    findUndefinedVariables(group, faults)
    for (const cluster of tooManyApps(group)) {
      const message = `${group.offers.length} apps are placed on ${cluster.name}; the limit is ${limits.appsPerCluster}`
      faults.add(`apps ${cluster.name}`, [cluster.name], () => ({
        code: 'too-large',
        message,
        file: cluster.file,
      }))
    }
  }
  return faults.problems()
}

const tooManyApps = ({ offers, clusters }: ClusterGroup): readonly Cluster[] =>
  offers.length > limits.appsPerCluster ? clusters : []

type Describe = (clusters: string) => FleetProblem

/** Collects the clusters of each fault, and words it at the end. */
class Faults {
  readonly #found = new Map<string, { clusters: ClusterName[]; describe: Describe }>()

  add(key: string, clusters: readonly ClusterName[], describe: Describe): void {
    const known = this.#found.get(key)
    if (known) known.clusters.push(...clusters)
    else this.#found.set(key, { clusters: [...clusters], describe })
  }

  problems(): FleetProblem[] {
    return [...this.#found.values()].map(({ clusters, describe }) => describe(clustersText(clusters)))
  }
}

const namedClusters = 3

function clustersText(clusters: readonly ClusterName[]): string {
  const named = clusters.slice(0, namedClusters).join(', ')
  const more = clusters.length - namedClusters
  return more > 0 ? `${named} and ${more} more` : named
}

const namesOf = ({ clusters }: ClusterGroup): ClusterName[] => clusters.map(({ name }) => name)

function findConflicts(group: ClusterGroup, faults: Faults): void {
  const owners = new Map<string, { offer: Offer; object: RenderedObject }>()
  for (const offer of group.offers) {
    for (const object of offer.objects) {
      const owner = owners.get(object.key)
      if (!owner) owners.set(object.key, { offer, object })
      else if (owner.offer !== offer) {
        const [first, second] = [owner.offer.app.name, offer.app.name]
        faults.add(`conflict ${first} ${second} ${object.key}`, namesOf(group), (clusters) => ({
          code: 'ownership-conflict',
          message:
            `${object.text} is in ${second} and in ${first}${inBrackets(writtenText(owner.object))}, on ${clusters}; ` +
            'one object belongs to one app',
          ...writtenAt(object, offer.app.file),
        }))
      }
    }
  }
}

const inBrackets = (text: string): string => (text === '' ? '' : ` (${text})`)

const writtenAt = ({ file, line, column }: RenderedObject | VariableReference, otherwise: string) =>
  file === undefined
    ? { file: otherwise }
    : { file, ...(line !== undefined && { line }), ...(column !== undefined && { column }) }

function findUnmetDependencies(group: ClusterGroup, faults: Faults): void {
  const present = new Set(group.offers.map(({ app }) => app.name))
  for (const { app } of group.offers) {
    for (const dependency of app.dependsOn) {
      if (present.has(dependency)) continue
      faults.add(`dependency ${app.name} ${dependency}`, namesOf(group), (clusters) => {
        const message =
          `${app.name} depends on ${dependency}, which is not placed on ${clusters}; ` +
          `let ${dependency} run wherever ${app.name} does`
        const written = app.spec.dependsOn as readonly string[]
        return app.problem('invalid-reference', message, ['spec', 'dependsOn', written.indexOf(dependency)])
      })
    }
  }
}

/** A fault of one app in one environment: it is held back there, nothing else is. */
function findUndefinedVariables({ offers, clusters }: ClusterGroup, faults: Faults): void {
  for (const { app, environment, references } of offers) {
    for (const reference of references) {
      const without = clusters
        .filter((cluster) => !isDefined(reference.name, cluster))
        .map(({ name }) => name)
      if (without.length === 0) continue
      faults.add(`variable ${app.name} ${environment} ${reference.name}`, without, (names) => ({
        code: 'undefined-variable',
        message: undefinedText(reference, names),
        ...writtenAt(reference, app.file),
        app: app.name,
        environment,
      }))
    }
  }
}

function undefinedText({ name, object, field }: VariableReference, clusters: string): string {
  const cure = name.startsWith('vars.')
    ? `set it in the variables of each cluster, or give it a default: \${${name}:=…}`
    : 'set the label on each cluster'
  return `\${${name}} in ${object} (${field}) is not defined for ${clusters}; ${cure}`
}

function isDefined(name: string, { labels, variables }: Cluster): boolean {
  if (name.startsWith('vars.')) return Object.hasOwn(variables, name.slice('vars.'.length))
  if (name.startsWith('cluster.labels.')) return Object.hasOwn(labels, name.slice('cluster.labels.'.length))
  return true
}
