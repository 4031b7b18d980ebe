import type { Provenance } from '@roadstead/overlay'
import { type Reference, RoadsteadError, referencesIn, substitute } from '@roadstead/proto'
import { identify, isSecretField, maskedValue, type Renderer } from '../render/index.ts'
import { placeText } from '../source/definition/index.ts'
import type { Blamed, BlameRequest, Cluster, FleetDefinition, FleetTree } from '../source/index.ts'
import type { ExplainedField, Explanation } from './explanation.ts'
import { type FoundField, findField, leavesOf } from './find-field.ts'
import { findObject } from './find-object.ts'
import { explainLimits } from './limits.ts'
import { type Describe, describePlaces, type Place, type Sources } from './places.ts'
import { type Question, resolveScope, type Scope } from './scope.ts'
import { readSettings, type Setting } from './variables.ts'

/** A fleet repository at one commit, or as it lies on disk. */
export interface ExplainedFleet {
  readonly tree: FleetTree
  readonly definition: FleetDefinition
  /** Absent for a working tree. */
  readonly commit?: string | undefined
}

export interface ExplainEdges {
  readonly trace: Renderer['trace']
  /** @throws RoadsteadError `unavailable` when Git can not tell, or not in time */
  blame(request: BlameRequest): Promise<Blamed>
}

/**
 * Says of a field which line of which file wrote it, who wrote that line, what the line replaced, and what
 * the agents put in for variables. It builds the one overlay anew; nothing is kept for it beforehand.
 *
 * @throws RoadsteadError `not-found` for an app, environment, cluster, object or field there is none of, with
 *   what may have been meant; `bad-request` for an object or field that can not be read; the code of the first
 *   problem where the overlay does not build
 */
export async function explain(
  edges: ExplainEdges,
  fleet: ExplainedFleet,
  question: Question,
): Promise<Explanation> {
  const scope = resolveScope(fleet.definition, question)
  const { app, overlay, variant, cluster } = scope
  const result = await edges.trace(fleet.tree, app, overlay, variant)
  if ('problems' in result) {
    const [first] = result.problems
    const more = result.problems.length > 1 ? ` (and ${result.problems.length - 1} more)` : ''
    throw new RoadsteadError(first!.code, `${placeText(first!)}: ${first!.message}${more}`)
  }
  const { objects, provenance } = result.traced
  const index = findObject(objects, question.object)
  const object = objects[index]!
  const found = findField(object, question.field ?? '')
  const leaves = leavesOf(found)
  const drafts = await draftFields(
    scope,
    fleet.tree,
    leaves.slice(0, explainLimits.fields),
    provenance[index],
  )
  const places = drafts.flatMap(({ setBy, settings }) => [...setBy, ...settings.flatMap(placesOf)])
  const describe = await describePlaces(await sourcesOf(edges, fleet, scope), places)
  return {
    app: app.name,
    environment: overlay.environment,
    cluster: cluster?.name ?? null,
    variant: variant?.name ?? null,
    otherVariants: overlay.variants.flatMap(({ name }) => (name === variant?.name ? [] : [name])),
    commit: fleet.commit ?? null,
    pin: overlay.pin ?? null,
    object: identify(object).text,
    field: found.text,
    fields: drafts.map((draft) => finish(draft, object.kind, scope, describe)),
    fieldCount: leaves.length,
  }
}

/** A field with the places that wrote it, before it is known what stands there. */
interface Draft {
  readonly field: FoundField
  readonly setBy: readonly Place[]
  readonly settings: readonly { readonly reference: Reference; readonly on: readonly Setting[] }[]
}

const placesOf = ({ on }: Draft['settings'][number]): Place[] => on.flatMap(({ place }) => place ?? [])

async function draftFields(
  { clusters }: Scope,
  tree: FleetTree,
  leaves: readonly FoundField[],
  provenance: Provenance | undefined,
): Promise<Draft[]> {
  const origins = new Map(provenance?.fields.map(({ pointer, setBy }) => [pointer, setBy]))
  const settingsOf = await readSettings(tree, clusters.slice(0, explainLimits.clusters))
  return leaves.map((field) => {
    const references = typeof field.value === 'string' ? referencesIn(field.value) : []
    const unique = new Map(references.map((reference) => [reference.name, reference]))
    return {
      field,
      setBy: distinct(origins.get(field.pointer) ?? []).slice(0, explainLimits.writers),
      settings: [...unique.values()].map((reference) => ({ reference, on: settingsOf(reference.name) })),
    }
  })
}

/** A line that touched a field in several steps is one writer, where it was last. */
const distinct = (places: readonly Place[]): Place[] =>
  places.filter(
    ({ file, line }, index) => places.findIndex((each) => each.file === file && each.line === line) === index,
  )

async function sourcesOf(
  { blame }: ExplainEdges,
  { tree, commit }: ExplainedFleet,
  { app, overlay }: Scope,
): Promise<Sources> {
  const pinned = overlay.pin && (await tree.at(overlay.pin))
  const isPinned = (file: string) => pinned !== undefined && file.startsWith(`${app.directory}/base/`)
  return {
    treeOf: (file) => (isPinned(file) ? (pinned as FleetTree) : tree),
    commitOf: (file) => (isPinned(file) ? overlay.pin : commit),
    blame,
  }
}

function finish(
  { field, setBy, settings }: Draft,
  kind: string,
  scope: Scope,
  describe: Describe,
): ExplainedField {
  const { text: path, pointer, value } = field
  const hidden = isSecretField(kind, pointer)
  const show = <Value extends FoundField['value']>(shown: Value) => (hidden ? maskedValue(shown) : shown)
  const substituted = scope.cluster && substitutedFor(scope.cluster, value)
  return {
    path,
    pointer,
    value: show(value),
    ...(substituted !== undefined && { substituted: show(substituted) }),
    setBy: setBy.map((place) => describe(place, { hidden })),
    variables: settings.map(({ reference, on }) => ({
      name: reference.name,
      default: reference.fallback ?? null,
      clusterCount: scope.clusters.length,
      clusters: on.map(({ cluster, value: set, place }) => ({
        cluster,
        value: set === null ? null : show(set),
        setBy: place === undefined ? null : describe(place, { hidden }),
      })),
    })),
  }
}

/** What the agent makes of a value; undefined where it leaves it alone, or can not fill it in. */
function substitutedFor({ name, environment, labels, variables }: Cluster, value: FoundField['value']) {
  if (typeof value !== 'string') return undefined
  const scope = { cluster: { name, environment, labels }, vars: variables }
  try {
    const result = substitute({ value }, scope).value
    return result === value ? undefined : result
  } catch (error) {
    if (error instanceof RoadsteadError && error.code === 'undefined-variable') return undefined
    throw error
  }
}
