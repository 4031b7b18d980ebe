import { type FieldFault, forbiddenField, invalid, required } from '../api/errors.ts'
import type { KubeObject } from '../store/object.ts'

const SUBDOMAIN_TEXT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const LABEL_TEXT =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
const SERVICE_TEXT =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
const VALUE_TEXT =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
const NAME_PART_TEXT =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const SERVICE = /^[a-z]([-a-z0-9]*[a-z0-9])?$/
const VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/
const NAME_PART = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/

const MAX_ANNOTATION_BYTES = 256 * 1024

/** Kinds whose names follow other rules than DNS subdomains. */
function nameFaults(kind: string, name: string): FieldFault[] {
  const field = 'metadata.name'
  if (kind === 'Role' || kind === 'ClusterRole' || kind === 'RoleBinding' || kind === 'ClusterRoleBinding') {
    return /^(\.|\.\.)$|[/%]/.test(name) ? [invalid(field, name, `may not contain '/' or '%'`)] : []
  }
  if (kind === 'Service' || kind === 'Namespace') {
    const [pattern, text] = kind === 'Service' ? [SERVICE, SERVICE_TEXT] : [LABEL, LABEL_TEXT]
    if (name.length > 63) return [invalid(field, name, 'must be no more than 63 bytes')]
    return pattern.test(name) ? [] : [invalid(field, name, text)]
  }
  if (name.length > 253) return [invalid(field, name, 'must be no more than 253 bytes')]
  return SUBDOMAIN.test(name) ? [] : [invalid(field, name, SUBDOMAIN_TEXT)]
}

/** Faults of an object's metadata: name, labels, annotations, finalizers, owners. */
export function metaFaults(object: KubeObject): FieldFault[] {
  const { metadata } = object
  if (!metadata.name) return [required('metadata.name', 'name or generateName is required')]
  return [
    ...nameFaults(object.kind, metadata.name),
    ...labelFaults(metadata.labels ?? {}, 'metadata.labels'),
    ...annotationFaults(metadata.annotations ?? {}),
    ...ownerFaults(object),
    ...finalizerFaults(metadata.finalizers ?? []),
  ]
}

export function labelFaults(labels: Readonly<Record<string, unknown>>, field: string): FieldFault[] {
  const faults: FieldFault[] = []
  for (const [key, value] of Object.entries(labels)) {
    const bad = qualifiedNameFault(key)
    if (bad) faults.push(invalid(field, key, bad))
    const text = String(value)
    if (text.length > 63) faults.push(invalid(field, text, 'must be no more than 63 bytes'))
    else if (!VALUE.test(text)) faults.push(invalid(field, text, VALUE_TEXT))
  }
  return faults
}

/** Why a text is no qualified name (`prefix/name`), or undefined. */
export function qualifiedNameFault(text: string): string | undefined {
  const parts = text.split('/')
  const name = parts.at(-1) ?? ''
  if (parts.length > 2)
    return `a qualified name ${NAME_PART_TEXT.slice('name part '.length)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`
  if (parts.length === 2 && parts[0] === '') return 'prefix part must be non-empty'
  if (parts.length === 2 && !SUBDOMAIN.test(parts[0] ?? '')) return `prefix part ${SUBDOMAIN_TEXT}`
  if (name === '') return 'name part must be non-empty'
  if (name.length > 63) return 'name part must be no more than 63 bytes'
  return NAME_PART.test(name) ? undefined : NAME_PART_TEXT
}

function annotationFaults(annotations: Readonly<Record<string, string>>): FieldFault[] {
  const faults: FieldFault[] = []
  let bytes = 0
  for (const [key, value] of Object.entries(annotations)) {
    const bad = qualifiedNameFault(key.toLowerCase())
    if (bad) faults.push(invalid('metadata.annotations', key, bad))
    bytes += key.length + String(value).length
  }
  if (bytes > MAX_ANNOTATION_BYTES) {
    faults.push({
      type: 'FieldValueTooLong',
      field: 'metadata.annotations',
      body: `Too long: may not be more than ${MAX_ANNOTATION_BYTES} bytes`,
    })
  }
  return faults
}

function ownerFaults(object: KubeObject): FieldFault[] {
  const owners = object.metadata.ownerReferences ?? []
  const faults: FieldFault[] = []
  for (const [index, owner] of owners.entries()) {
    const field = `metadata.ownerReferences[${index}]`
    if (!owner.apiVersion)
      faults.push(invalid(`${field}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty'))
    if (!owner.kind) faults.push(invalid(`${field}.kind`, owner.kind ?? '', 'must not be empty'))
    if (!owner.name) faults.push(invalid(`${field}.name`, owner.name ?? '', 'must not be empty'))
    if (!owner.uid) faults.push(invalid(`${field}.uid`, owner.uid ?? '', 'must not be empty'))
  }
  if (owners.filter((owner) => owner.controller).length > 1) {
    const text = 'Only one reference can have Controller set to true.'
    faults.push(invalid('metadata.ownerReferences', owners, text))
  }
  return faults
}

function finalizerFaults(finalizers: readonly string[]): FieldFault[] {
  return finalizers.flatMap((finalizer) => {
    const bad = qualifiedNameFault(finalizer)
    return bad ? [invalid('metadata.finalizers', finalizer, bad)] : []
  })
}

/** Finalizers cannot be added once an object is being deleted. */
export function addedFinalizerFaults(live: KubeObject, next: KubeObject): FieldFault[] {
  if (!live.metadata.deletionTimestamp) return []
  const before = new Set(live.metadata.finalizers)
  const added = (next.metadata.finalizers ?? []).filter((finalizer) => !before.has(finalizer))
  if (added.length === 0) return []
  const shown = `[]string{${added.map((one) => JSON.stringify(one)).join(', ')}}`
  const text = `no new finalizers can be added if the object is being deleted, found new finalizers ${shown}`
  const fault = forbiddenField('metadata.finalizers', text)
  // kube-apiserver validates metadata twice on this path, and says so twice.
  return [fault, fault]
}
