import type { BuildResult, KubernetesObject, Provenance } from '@roadstead/overlay'
import { canonicalJson, limits, objectRefText, undefinedReferences } from '@roadstead/proto'
import type { RenderedObject, VariableReference, Written } from './rendered.ts'

export interface ObjectProblem extends Written {
  readonly code: 'render-failed' | 'too-large'
  readonly message: string
}

/** What the stages after this one need to know of a build's objects, and what is wrong with them. */
export interface Examined {
  readonly objects: readonly RenderedObject[]
  readonly references: readonly VariableReference[]
  readonly problems: readonly ObjectProblem[]
}

/** Every reference is undefined in this scope, so that all are found. */
const noScope = { cluster: { name: '', environment: '', labels: {} }, vars: {} }

export function examine({ objects: built, provenance = [] }: BuildResult): Examined {
  const objects: RenderedObject[] = []
  const references: VariableReference[] = []
  const problems: ObjectProblem[] = []
  const seen = new Map<string, RenderedObject>()
  if (built.length === 0) problems.push(nothingRendered)
  if (built.length > limits.objectsPerRelease) problems.push(tooMany(built.length))
  for (const [index, object] of built.entries()) {
    const origins = provenance[index]
    const described = { ...identify(object), ...firstWritten(origins, '/metadata/name') }
    objects.push(described)
    problems.push(...objectProblems(object, described, seen.get(described.key)))
    seen.set(described.key, described)
    for (const { name, path } of undefinedReferences(object as never, noScope)) {
      references.push({ name, object: described.text, field: path, ...lastWritten(origins, path) })
    }
  }
  return { objects, references, problems }
}

const nothingRendered: ObjectProblem = {
  code: 'render-failed',
  message:
    'the overlay renders no object; to take the app out of an environment, leave that out of spec.environments',
}

const tooMany = (count: number): ObjectProblem => ({
  code: 'too-large',
  message: `the overlay renders ${count} objects; the limit is ${limits.objectsPerRelease}. Split the app`,
})

interface Identified {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: object
}

/** Which object it is, on a cluster and to people. */
export function identify({ apiVersion, kind, metadata }: Identified): { key: string; text: string } {
  const slash = apiVersion.indexOf('/')
  const group = slash < 0 ? '' : apiVersion.slice(0, slash)
  const { name, namespace = '' } = metadata as { name: string; namespace?: string }
  // What names no namespace is either in none or in `default`: nothing else can have its name then.
  const key = [group, kind, namespace === '' ? 'default' : namespace, name].join(' ')
  return { key, text: objectRefText({ group, kind, namespace, name }) }
}

function objectProblems(
  object: KubernetesObject,
  { text, ...described }: RenderedObject,
  other: RenderedObject | undefined,
): ObjectProblem[] {
  const at = writtenOf(described)
  if (typeof object.metadata.name !== 'string' || object.metadata.name === '') {
    const message = `a ${object.kind} has no metadata.name; names are not generated, so that an object can be found again`
    return [{ code: 'render-failed', message, ...at }]
  }
  const problems: ObjectProblem[] = []
  if (other) {
    const before = other.file === undefined ? '' : `; the other one is in ${other.file}:${other.line}`
    problems.push({ code: 'render-failed', message: `${text} is in the app twice${before}`, ...at })
  }
  const bytes = Buffer.byteLength(canonicalJson(object))
  if (bytes > limits.objectBytes) {
    const message = `${text} has ${bytes} bytes; the API server's limit is ${limits.objectBytes}`
    problems.push({ code: 'too-large', message, ...at })
  }
  return problems
}

const writtenOf = ({ file, line, column }: Written): Written => ({
  ...(file !== undefined && { file }),
  ...(line !== undefined && { line }),
  ...(column !== undefined && { column }),
})

/** Where a field was written first: the manifest, not the kustomization that changed it later. */
const firstWritten = (origins: Provenance | undefined, pointer: string): Written =>
  writtenOf(origins?.fields.find((field) => field.pointer === pointer)?.setBy.at(-1) ?? {})

const lastWritten = (origins: Provenance | undefined, pointer: string): Written =>
  writtenOf(origins?.fields.find((field) => field.pointer === pointer)?.setBy[0] ?? {})
