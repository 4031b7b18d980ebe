import { groupOf } from '../../kube/index.ts'
import { verdictOfConditions, worst } from './conditions.ts'
import { phaseVerdict, troubledPart } from './phase.ts'
import {
  conditionsOf,
  type Fields,
  fieldsOf,
  type HealthRule,
  type HealthView,
  isBehind,
  listOf,
} from './verdict.ts'

/** Custom kinds have no rule of their own: they are read by what their authors agree on. */

/** How long a controller may take before it writes a status at all, when the time is known. */
export const statusGraceMs = 30_000

const bySuspension: HealthRule = ({ spec, status }) => {
  const strategy = fieldsOf(spec.updateStrategy)
  const stopped = [spec.suspend, spec.suspended, spec.paused, spec.pause, strategy.paused].includes(true)
  if (!stopped && status.suspended !== true && status.pauseConditions === undefined) return undefined
  return { status: 'Suspended', reason: 'suspended by its own spec', rule: 'suspension' }
}

const byGeneration: HealthRule = (view) =>
  isBehind(view)
    ? { status: 'Progressing', reason: 'the newest spec was not yet observed', rule: 'observed-generation' }
    : undefined

/**
 * Nobody has looked at the object yet. Some kinds never get a status (a Composition, a rule file), so after
 * a while of silence being there has to be enough.
 */
const byMissingStatus: HealthRule = ({ live, status }, { nowMs, hasStatus = true }) => {
  const isCustom = groupOf(live.apiVersion).includes('.') && !builtinGroup.test(groupOf(live.apiVersion))
  if (!isCustom || !hasStatus || Object.keys(status).length > 0) return undefined
  const ageMs = nowMs === undefined ? 0 : nowMs - Date.parse(live.metadata.creationTimestamp ?? '')
  if (ageMs >= statusGraceMs) return undefined
  return { status: 'Progressing', reason: 'its controller has not reported yet', rule: 'no-status' }
}

const builtinGroup =
  /(^|\.)(authorization|apiextensions|apiregistration|admissionregistration|storage|networking|rbac\.authorization|scheduling|node|certificates|coordination|discovery|flowcontrol\.apiserver|events|resource|policy)\.k8s\.io$/

const byConditions: HealthRule = (view) => {
  const own = verdictOfConditions(view)
  if (own && own.status !== 'Healthy') return own
  // Routes and policies report per parent, gateways per listener: one that is refused is not outweighed.
  const nested = worst(
    partsOf(view)
      .map(verdictOfConditions)
      .filter((one) => one !== undefined),
  )
  return nested && nested.status !== 'Healthy' ? nested : (own ?? nested)
}

/** Status members that are lists or maps of parts. */
const fieldsOfParts = (status: Fields): readonly Fields[] =>
  Object.entries(status)
    .filter(([name]) => name !== 'conditions')
    .flatMap(([, value]) =>
      Array.isArray(value) ? listOf(value) : Object.values(fieldsOf(value)).map(fieldsOf),
    )

/** Those of them that have conditions of their own. */
function partsOf({ live, spec, status }: HealthView): HealthView[] {
  return fieldsOfParts(status)
    .map((part) => ({ live, spec, status: part, conditions: conditionsOf(part.conditions) }))
    .filter(({ conditions }) => conditions.length > 0)
}

const byPhase: HealthRule = ({ status }) => phaseVerdict(status)

/** In the order they are asked. A phase of trouble, of the object or of a part, outweighs conditions that look well. */
export const conventionRules: readonly HealthRule[] = [
  bySuspension,
  byGeneration,
  byMissingStatus,
  (view, context) => {
    const conditions = byConditions(view, context)
    const phase = byPhase(view, context)
    if (conditions?.status === 'Healthy' && phase?.status === 'Degraded') return phase
    const verdict = conditions ?? phase
    return verdict && verdict.status !== 'Healthy'
      ? verdict
      : (troubledPart(fieldsOfParts(view.status)) ?? verdict)
  },
]
