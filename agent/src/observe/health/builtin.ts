import {
  conditionOf,
  fieldsOf,
  type HealthRule,
  isBehind,
  listOf,
  numberOf,
  saidBy,
  textOf,
  type Verdict,
} from './verdict.ts'

/** The built-in kinds that are no workloads. */

const healthy = (rule: string, reason = ''): Verdict => ({ status: 'Healthy', reason, rule })
const progressing = (rule: string, reason: string): Verdict => ({ status: 'Progressing', reason, rule })
const degraded = (rule: string, reason: string): Verdict => ({ status: 'Degraded', reason, rule })

const hasAddress = (status: unknown): boolean => listOf(fieldsOf(status).ingress).length > 0

const service: HealthRule = ({ spec, status }) =>
  spec.type === 'LoadBalancer' && !hasAddress(status.loadBalancer)
    ? progressing('service', 'the load balancer has no address yet')
    : healthy('service')

/** Many controllers never fill in an address, so a missing one is only progress once one was ever there. */
const ingress: HealthRule = ({ status }) =>
  hasAddress(status.loadBalancer) ? healthy('ingress') : progressing('ingress', 'no address was assigned yet')

const persistentVolumeClaim: HealthRule = ({ status }) => {
  const phase = textOf(status.phase)
  if (phase === 'Bound') return healthy('persistentvolumeclaim')
  if (phase === 'Lost') return degraded('persistentvolumeclaim', 'the volume is lost')
  return progressing('persistentvolumeclaim', 'not bound to a volume yet')
}

const persistentVolume: HealthRule = ({ status }) =>
  textOf(status.phase) === 'Failed'
    ? degraded('persistentvolume', textOf(status.message) || 'reclaiming the volume failed')
    : healthy('persistentvolume')

const namespace: HealthRule = ({ status }) =>
  textOf(status.phase) === 'Terminating'
    ? progressing('namespace', 'the namespace is being deleted')
    : healthy('namespace')

const definition: HealthRule = (view) => {
  const names = conditionOf(view, 'NamesAccepted')
  if (names?.status === 'False') return degraded('customresourcedefinition', saidBy(names))
  const established = conditionOf(view, 'Established')
  // The API server establishes a definition as soon as it accepts its names; "Installing" is the moment between.
  if (established?.status === 'False' && names && established.reason !== 'Installing') {
    return degraded('customresourcedefinition', saidBy(established))
  }
  if (established?.status !== 'True') return progressing('customresourcedefinition', 'not established yet')
  const terminating = conditionOf(view, 'Terminating')
  if (terminating?.status === 'True') return progressing('customresourcedefinition', saidBy(terminating))
  const schema = conditionOf(view, 'NonStructuralSchema')
  if (schema?.status === 'True') return degraded('customresourcedefinition', saidBy(schema))
  return healthy('customresourcedefinition')
}

const apiService: HealthRule = (view) => {
  const available = conditionOf(view, 'Available')
  if (available?.status === 'True') return healthy('apiservice')
  return progressing('apiservice', available ? saidBy(available) : 'not available yet')
}

const disruptionBudget: HealthRule = (view) => {
  if (isBehind(view)) return progressing('poddisruptionbudget', 'the newest spec was not yet observed')
  const allowed = conditionOf(view, 'DisruptionAllowed')
  if (allowed?.reason === 'SyncFailed') return degraded('poddisruptionbudget', saidBy(allowed))
  const current = numberOf(view.status.currentHealthy)
  const wanted = numberOf(view.status.desiredHealthy)
  if (current !== undefined && wanted !== undefined && current < wanted) {
    return progressing('poddisruptionbudget', `${current} of ${wanted} Pods healthy`)
  }
  return healthy('poddisruptionbudget')
}

export const builtinRules: Readonly<Record<string, HealthRule>> = {
  '/Service': service,
  'networking.k8s.io/Ingress': ingress,
  'extensions/Ingress': ingress,
  '/PersistentVolumeClaim': persistentVolumeClaim,
  '/PersistentVolume': persistentVolume,
  '/Namespace': namespace,
  'apiextensions.k8s.io/CustomResourceDefinition': definition,
  'apiregistration.k8s.io/APIService': apiService,
  'policy/PodDisruptionBudget': disruptionBudget,
}
