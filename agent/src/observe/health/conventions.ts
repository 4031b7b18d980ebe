import { groupOf } from '../../kube/index.ts'
import { verdictOfConditions } from './conditions.ts'
import { partsVerdict } from './parts.ts'
import { phaseVerdict, runsToAnEnd } from './phase.ts'
import { byReplicas } from './replicas.ts'
import {
  countOf,
  fieldsOf,
  type HealthRule,
  type HealthView,
  isBehind,
  numberOf,
  type Verdict,
  worst,
} from './verdict.ts'

/** Custom kinds have no rule of their own: they are read by what their authors agree on. */

/** How long a controller may take before it says anything, when the time is known. */
export const statusGraceMs = 30_000

/** Crossplane, Cluster API, Flux and Karpenter among others pause by annotation. */
const pauseAnnotation = /(^|[./-])paused$/

const bySuspension: HealthRule = ({ live, spec, status }) => {
  const strategy = fieldsOf(spec.updateStrategy)
  const rolling = fieldsOf(strategy.rollingUpdate)
  const flags = [
    spec.suspend,
    spec.suspended,
    spec.paused,
    spec.pause,
    strategy.paused,
    rolling.paused,
    status.suspended,
  ]
  const annotated = Object.entries(fieldsOf(live.metadata.annotations)).some(
    ([name, value]) => pauseAnnotation.test(name) && value !== 'false',
  )
  if (!flags.includes(true) && !annotated && status.pauseConditions === undefined) return undefined
  return { status: 'Suspended', reason: 'suspended by its own spec', rule: 'suspension' }
}

const byGeneration: HealthRule = (view) =>
  isBehind(view)
    ? { status: 'Progressing', reason: 'the newest spec was not yet observed', rule: 'observed-generation' }
    : undefined

/** A rollout that is told to stop short of all replicas has done what it was told. */
const byPartition: HealthRule = ({ spec, status }) => {
  const partition = numberOf(fieldsOf(fieldsOf(spec.updateStrategy).rollingUpdate).partition) ?? 0
  const wanted = numberOf(spec.replicas) ?? numberOf(status.desiredNumberScheduled)
  const updated = numberOf(status.updatedReplicas) ?? numberOf(status.updatedNumberScheduled)
  if (partition <= 0 || wanted === undefined || updated === undefined || updated >= wanted) return undefined
  return { status: 'Suspended', reason: `held back at ${updated} of ${wanted} replicas`, rule: 'partition' }
}

/**
 * All that the status says, the gravest first: conditions that look well do not outweigh a phase, a part or
 * a count that does not.
 */
const byStatus: HealthRule = (view, context) => {
  const phase = phaseVerdict(view)
  const conditions = verdictOfConditions(view, phase?.status === 'Progressing')
  const own = worst([conditions && unlessRunning(conditions, view), phase, byReplicas(view, context)])
  const parts = partsVerdict(view)
  // A part that is stopped, or of which nobody knows, may well be meant to be so.
  return own && (parts?.status === 'Suspended' || parts?.status === 'Unknown') ? own : worst([own, parts])
}

/** What runs to an end is not well before it got there. */
function unlessRunning(verdict: Verdict, { live, conditions }: HealthView): Verdict {
  const isOver = conditions.some(({ type, status }) => status === 'True' && ends.test(type))
  if (verdict.status !== 'Healthy' || isOver || !runsToAnEnd(live.kind)) return verdict
  return { ...verdict, status: 'Progressing' }
}

const ends = /succe|complete|finish|ready|done/i

/** A controller that notes when it last acted has acted. */
const byActivity: HealthRule = ({ status }) =>
  Object.entries(status).some(
    ([name, value]) => activity.test(name) && typeof value === 'string' && value !== '',
  )
    ? { status: 'Healthy', reason: '', rule: 'activity' }
    : undefined

const activity = /^last.*(time|timestamp|sync|resync|run|update|updated|at)$/i

/** Some controllers note nothing but that they have seen the newest spec. */
const byObservation: HealthRule = ({ live, status }) =>
  live.metadata.generation !== undefined && countOf(status.observedGeneration) !== undefined
    ? { status: 'Healthy', reason: '', rule: 'observed-generation' }
    : undefined

/**
 * Nobody has said anything of the object yet. Some kinds never get a status (a Composition, a rule file), so
 * after a while of silence being there has to be enough.
 */
const bySilence: HealthRule = ({ live }, { nowMs, hasStatus = true }) => {
  const isCustom = groupOf(live.apiVersion).includes('.') && !builtinGroup.test(groupOf(live.apiVersion))
  if (!isCustom || !hasStatus) return undefined
  const ageMs = nowMs === undefined ? 0 : nowMs - Date.parse(live.metadata.creationTimestamp ?? '')
  if (ageMs >= statusGraceMs) return undefined
  return { status: 'Progressing', reason: 'its controller has not reported yet', rule: 'no-status' }
}

const builtinGroup =
  /^((authorization|apiextensions|apiregistration|admissionregistration|storage|networking|rbac\.authorization|scheduling|node|certificates|coordination|discovery|flowcontrol\.apiserver|events|resource)\.k8s\.io|policy)$/

/** In the order they are asked. */
export const conventionRules: readonly HealthRule[] = [
  bySuspension,
  byGeneration,
  byPartition,
  byStatus,
  byActivity,
  byObservation,
  bySilence,
]
