import { type FieldFault, forbiddenField, invalid, required } from '../api/errors.ts'
import { equal } from '../apply/equal.ts'
import { isMap, type Json } from '../schema/schema.ts'
import { matchesSelector } from '../store/selector.ts'
import { labelFaults } from './meta.ts'
import { podSpecFaults } from './pods.ts'

const mapAt = (value: unknown, key: string): Json => {
  const child = isMap(value) ? value[key] : undefined
  return isMap(child) ? child : {}
}

/** Faults of a workload with a selector and a pod template. */
export function workloadFaults(spec: Json): FieldFault[] {
  const faults: FieldFault[] = []
  if (typeof spec.replicas === 'number' && spec.replicas < 0) {
    faults.push(invalid('spec.replicas', spec.replicas, 'must be greater than or equal to 0'))
  }
  const selector = mapAt(spec, 'selector')
  const empty = Object.keys(selector).length === 0
  if (!isMap(spec.selector)) faults.push(required('spec.selector'))
  else if (empty) faults.push(invalid('spec.selector', {}, 'empty selector is invalid for deployment'))
  const template = mapAt(spec, 'template')
  const labels = mapAt(mapAt(template, 'metadata'), 'labels') as Record<string, string>
  if (!matchesSelector(spec.selector, labels)) {
    faults.push(
      invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'),
    )
  }
  return [...faults, ...templateFaults(withClaims(template, spec.volumeClaimTemplates), ['Always'])]
}

/** The claims of a StatefulSet are volumes of its pods, though the template does not name them. */
function withClaims(template: Json, claims: unknown): Json {
  if (!Array.isArray(claims)) return template
  const podSpec = mapAt(template, 'spec')
  const volumes = Array.isArray(podSpec.volumes) ? podSpec.volumes : []
  const claimed = claims.map((claim) => ({ name: mapAt(claim, 'metadata').name ?? '', emptyDir: {} }))
  return { ...template, spec: { ...podSpec, volumes: [...volumes, ...claimed] } }
}

export function templateFaults(template: Json, restartPolicies: readonly string[]): FieldFault[] {
  const labels = mapAt(mapAt(template, 'metadata'), 'labels')
  return [
    ...labelFaults(labels, 'spec.template.labels'),
    ...podSpecFaults(mapAt(template, 'spec'), 'spec.template.spec', restartPolicies),
  ]
}

const IMMUTABLE = 'field is immutable'

/** Fields that may not change, as `field is immutable` faults. */
export function immutableFaults(live: Json, next: Json, fields: readonly string[]): FieldFault[] {
  return fields.flatMap((path) => {
    const before = valueAt(live, path)
    const after = valueAt(next, path)
    return equal(before ?? null, after ?? null) ? [] : [invalid(path, after ?? null, IMMUTABLE)]
  })
}

function valueAt(object: Json, path: string): unknown {
  let value: unknown = object
  for (const step of path.split('.')) value = isMap(value) ? value[step] : undefined
  return value
}

/** What may change in a StatefulSet's spec; everything else is fixed when it is made. */
const STATEFULSET_MUTABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
]

export function statefulSetChangeFaults(live: Json, next: Json): FieldFault[] {
  const fixed = (object: Json) =>
    Object.fromEntries(
      Object.entries(mapAt(object, 'spec')).filter(([key]) => !STATEFULSET_MUTABLE.includes(key)),
    )
  if (equal(fixed(live), fixed(next))) return []
  return [
    forbiddenField(
      'spec',
      "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ),
  ]
}

/** What may change in a pod's spec. */
export function podChangeFaults(live: Json, next: Json): FieldFault[] {
  const fixed = (object: Json) => {
    const {
      activeDeadlineSeconds: _,
      tolerations: __,
      terminationGracePeriodSeconds: ___,
      ...spec
    } = mapAt(object, 'spec')
    const imageless = (list: unknown) =>
      Array.isArray(list) ? list.map((one) => (isMap(one) ? { ...one, image: '' } : one)) : list
    // Binding sets the node, once.
    const nodeName = mapAt(live, 'spec').nodeName === undefined ? undefined : spec.nodeName
    return {
      ...spec,
      nodeName,
      containers: imageless(spec.containers),
      initContainers: imageless(spec.initContainers),
    }
  }
  if (equal(fixed(live), fixed(next))) return []
  return [
    forbiddenField(
      'spec',
      'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
    ),
  ]
}
