import { createHash } from 'node:crypto'
import {
  type AppName,
  type AssignedApp,
  type Assignment,
  canonicalJson,
  type KubernetesObject,
  type ObjectRef,
  type Problem,
  type Release,
  RoadsteadError,
  substitute,
  type VariableScope,
} from '@roadstead/proto'
import { refKey, refOf } from '../kube/index.ts'
import { stageOf } from './stages.ts'

/** On every object of ours: the watch selects by it, and it tells one app's objects from another's. */
export const appLabel = 'roadstead.dev/app'

/** An object as it is to be, ready to be sent. */
export interface DesiredObject {
  readonly key: string
  readonly ref: ObjectRef
  readonly apiVersion: string
  readonly stage: number
  /** Canonical JSON: a tenth of the memory that the parsed object would take. */
  readonly json: string
  readonly hash: string
}

export interface DesiredApp {
  readonly app: AppName
  readonly objects: ReadonlyMap<string, DesiredObject>
  /** Objects that can not be written down, an undefined variable for instance. */
  readonly problems: readonly Problem[]
  /** What those would have been called; never to be pruned. */
  readonly unwritten: readonly string[]
}

/** Whether a kind lives in namespaces; `undefined` where nobody knows yet. */
export type ScopeOf = (apiVersion: string, kind: string) => boolean | undefined

export const scopeOfAssignment = (assignment: Assignment): VariableScope => ({
  cluster: {
    name: assignment.cluster,
    environment: assignment.environment,
    labels: assignment.labels,
  },
  vars: assignment.variables,
})

/** Names all that makes an app what it is on this cluster: the same content needs no work. */
export function contentOf(app: AssignedApp, assignment: Assignment): string {
  const { release, dependsOn, policy } = app
  const { environment, labels, variables } = assignment
  return hashOf(canonicalJson({ release, dependsOn, policy, environment, labels, variables }))
}

/** A release as it is to be on this cluster: variables written out, labelled, placed in its namespaces. */
export function desire(
  app: AppName,
  release: Release,
  scope: VariableScope,
  namespaced: ScopeOf,
): DesiredApp {
  const known = withDefinitionsOf(release, namespaced)
  const objects = new Map<string, DesiredObject>()
  const problems: Problem[] = []
  const unwritten: string[] = []
  for (const raw of release.objects) {
    try {
      const object = labelled(placed(substitute(raw, scope), known), app)
      const ref = refOf(object)
      const json = canonicalJson(object)
      const key = refKey(ref)
      objects.set(key, {
        key,
        ref,
        apiVersion: object.apiVersion,
        stage: stageOf(ref),
        json,
        hash: hashOf(json),
      })
    } catch (error) {
      if (!(error instanceof RoadsteadError)) throw error
      problems.push({ object: refOf(raw), code: error.code, message: error.message })
      unwritten.push(refKey(refOf(placed(raw, known))))
    }
  }
  return { app, objects, problems, unwritten }
}

/** A custom kind that the release itself defines has the scope its definition gives it. */
function withDefinitionsOf(release: Release, namespaced: ScopeOf): ScopeOf {
  const defined = new Map<string, boolean>()
  for (const { kind, spec } of release.objects) {
    const definition = spec as { group?: string; names?: { kind?: string }; scope?: string } | undefined
    if (kind === 'CustomResourceDefinition') {
      defined.set(`${definition?.group}/${definition?.names?.kind}`, definition?.scope !== 'Cluster')
    }
  }
  return (apiVersion, kind) =>
    namespaced(apiVersion, kind) ?? defined.get(`${apiVersion.split('/')[0]}/${kind}`)
}

function placed(object: KubernetesObject, namespaced: ScopeOf): KubernetesObject {
  const { namespace, ...metadata } = object.metadata
  const scope = namespaced(object.apiVersion, object.kind)
  if (scope === false && namespace !== undefined) return { ...object, metadata } as KubernetesObject
  if (scope === true && !namespace) {
    return { ...object, metadata: { ...metadata, namespace: 'default' } } as KubernetesObject
  }
  return object
}

const labelled = (object: KubernetesObject, app: AppName): KubernetesObject =>
  ({
    ...object,
    metadata: { ...object.metadata, labels: { ...object.metadata.labels, [appLabel]: app } },
  }) as KubernetesObject

/** 128 bits are plenty to tell two versions of one object apart. */
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32)
