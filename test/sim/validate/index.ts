import { type FieldFault, forbiddenField, invalid, required } from '../api/errors.ts'
import { equal } from '../apply/equal.ts'
import type { ResourceKind } from '../resources/kind.ts'
import { schemaOfKind } from '../resources/registry.ts'
import { isMap, type Json, type MapSchema } from '../schema/schema.ts'
import type { KubeObject } from '../store/object.ts'
import { customFaults } from './custom.ts'
import { definitionFaults } from './definition.ts'
import { addedFinalizerFaults, metaFaults } from './meta.ts'
import { ingressFaults, serviceChangeFaults, serviceFaults } from './network.ts'
import { podSpecFaults } from './pods.ts'
import { requiredFaults } from './required.ts'
import {
  immutableFaults,
  podChangeFaults,
  statefulSetChangeFaults,
  templateFaults,
  workloadFaults,
} from './workloads.ts'

/** Why a new object is invalid; empty when it is not. */
export function createFaults(kind: ResourceKind, object: KubeObject): FieldFault[] {
  return [...metaFaults(object), ...contentFaults(kind, object)]
}

/** Why a change is invalid: the object itself, and what may not change. */
export function updateFaults(
  kind: ResourceKind,
  live: KubeObject,
  next: KubeObject,
  subresource: string,
): FieldFault[] {
  const meta = [...metaFaults(next), ...addedFinalizerFaults(live, next)]
  if (kind.custom) return [...meta, ...contentFaults(kind, next)]
  if (subresource === 'status') return meta
  const fixed = CHANGE_FAULTS[kind.kind]?.(live as Json, next as Json) ?? []
  // What was valid is not looked at again: most writes touch metadata only.
  const same = equal(content(live), content(next))
  return same ? meta : [...meta, ...contentFaults(kind, next), ...fixed]
}

const content = ({ metadata: _, status: __, ...rest }: KubeObject) => rest

function contentFaults(kind: ResourceKind, object: KubeObject): FieldFault[] {
  if (kind.custom) {
    return customFaults(schemaOfKind(kind), object).sort((a, b) => (a.field < b.field ? -1 : 1))
  }
  const specific = CONTENT_FAULTS[kind.kind]?.(object) ?? []
  const known = new Set(specific.map((fault) => fault.field))
  const general = generalFaults(schemaOfKind(kind), object).filter((fault) => !known.has(fault.field))
  return [...specific, ...general]
}

/** Required fields anywhere but in the status, which only controllers write. */
function generalFaults(schema: MapSchema, object: KubeObject): FieldFault[] {
  return Object.entries(content(object)).flatMap(([key, value]) => {
    const child = schema.field(key)
    return child ? requiredFaults(child, value, key) : []
  })
}

const spec = (object: KubeObject): Json => (isMap(object.spec) ? object.spec : {})
const template = (parent: Json): Json => (isMap(parent.template) ? parent.template : {})

const CONTENT_FAULTS: Readonly<Record<string, (object: KubeObject) => FieldFault[]>> = {
  Pod: (object) => podSpecFaults(spec(object), 'spec', ['Always', 'OnFailure', 'Never']),
  Deployment: (object) => workloadFaults(spec(object)),
  ReplicaSet: (object) => workloadFaults(spec(object)),
  StatefulSet: (object) => workloadFaults(spec(object)),
  DaemonSet: (object) => workloadFaults(spec(object)),
  Job: (object) => jobFaults(spec(object)),
  Service: (object) => serviceFaults(spec(object)),
  Ingress: (object) => ingressFaults(spec(object)),
  CustomResourceDefinition: definitionFaults,
  ConfigMap: (object) => keyFaults({ ...(object.data as object), ...(object.binaryData as object) }, 'data'),
  Secret: (object) => keyFaults((object.data ?? {}) as Json, 'data'),
  PersistentVolumeClaim: (object) => claimFaults(spec(object)),
}

function jobFaults(job: Json): FieldFault[] {
  const policy = (template(job).spec as Json | undefined)?.restartPolicy
  if (policy === 'OnFailure' || policy === 'Never')
    return templateFaults(template(job), ['OnFailure', 'Never'])
  return [
    {
      type: 'FieldValueRequired',
      field: 'spec.template.spec.restartPolicy',
      body: 'Required value: valid values: "OnFailure", "Never"',
    },
  ]
}

function claimFaults(claim: Json): FieldFault[] {
  const faults: FieldFault[] = []
  if (!Array.isArray(claim.accessModes) || claim.accessModes.length === 0) {
    faults.push(required('spec.accessModes', 'at least 1 access mode is required'))
  }
  const requests = ((claim.resources as Json | undefined)?.requests ?? {}) as Json
  if (requests.storage === undefined) faults.push(required('spec.resources[storage]'))
  return faults
}

const KEY = /^[-._a-zA-Z0-9]+$/
const KEY_TEXT =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
const MAX_CONFIG_BYTES = 1024 * 1024

function keyFaults(data: Json, field: string): FieldFault[] {
  const faults = Object.keys(data)
    .filter((key) => !KEY.test(key) || key.length > 253)
    .map((key) => invalid(`${field}[${key}]`, key, KEY_TEXT))
  const bytes = Object.values(data).reduce((sum: number, value) => sum + Buffer.byteLength(String(value)), 0)
  if (bytes <= MAX_CONFIG_BYTES) return faults
  const body = `Too long: may not be more than ${MAX_CONFIG_BYTES} bytes`
  return [...faults, { type: 'FieldValueTooLong', field: '', body }]
}

const CHANGE_FAULTS: Readonly<Record<string, (live: Json, next: Json) => FieldFault[]>> = {
  Deployment: (live, next) => immutableFaults(live, next, ['spec.selector']),
  ReplicaSet: (live, next) => immutableFaults(live, next, ['spec.selector']),
  DaemonSet: (live, next) => immutableFaults(live, next, ['spec.selector']),
  StatefulSet: statefulSetChangeFaults,
  Pod: podChangeFaults,
  Job: (live, next) =>
    immutableFaults(live, next, [
      'spec.completions',
      'spec.selector',
      'spec.template',
      'spec.completionMode',
    ]),
  Service: serviceChangeFaults,
  ConfigMap: frozenFaults,
  Secret: (live, next) => [...immutableFaults(live, next, ['type']), ...frozenFaults(live, next)],
  RoleBinding: roleRefFaults,
  ClusterRoleBinding: roleRefFaults,
  StorageClass: (live, next) =>
    immutableFaults(live, next, ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode']),
  PriorityClass: (live, next) => immutableFaults(live, next, ['value', 'preemptionPolicy']),
  PersistentVolumeClaim: claimChangeFaults,
}

/** `immutable: true` fixes the data, and itself. */
function frozenFaults(live: Json, next: Json): FieldFault[] {
  if (live.immutable !== true) return []
  const text = 'field is immutable when `immutable` is set'
  const fields = ['data', 'binaryData'].filter((field) => !equal(live[field] ?? null, next[field] ?? null))
  const all = next.immutable === true ? fields : ['immutable', ...fields]
  return all.map((field) => forbiddenField(field, text))
}

function roleRefFaults(live: Json, next: Json): FieldFault[] {
  if (equal(live.roleRef, next.roleRef)) return []
  // The message shows the Go struct.
  const { apiGroup: APIGroup, kind: Kind, name: Name } = next.roleRef as Json
  return [invalid('roleRef', { APIGroup, Kind, Name }, 'cannot change roleRef')]
}

function claimChangeFaults(live: Json, next: Json): FieldFault[] {
  const fixed = (object: Json) => {
    const { resources: _, volumeName: __, volumeAttributesClassName: ___, ...rest } = object.spec as Json
    return rest
  }
  if (equal(fixed(live), fixed(next))) return []
  return [
    forbiddenField(
      'spec',
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
    ),
  ]
}
