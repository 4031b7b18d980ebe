import { duplicate, type FieldFault, invalid, required, unsupported } from '../api/errors.ts'
import { isMap, type Json } from '../schema/schema.ts'

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const LABEL_TEXT =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isMap) : [])

/** Faults of a pod spec: containers, their ports, mounts and resources, volumes, policies. */
export function podSpecFaults(spec: Json, path: string, restartPolicies: readonly string[]): FieldFault[] {
  const volumes = listOf(spec.volumes)
  const volumeNames = new Set(volumes.map((volume) => volume.name))
  const faults = [...nameFaults(volumes, `${path}.volumes`)]
  const containers = listOf(spec.containers)
  if (containers.length === 0) faults.push(required(`${path}.containers`))
  for (const list of ['containers', 'initContainers']) {
    const all = listOf(spec[list])
    faults.push(...nameFaults(all, `${path}.${list}`))
    for (const [index, container] of all.entries()) {
      faults.push(...containerFaults(container, `${path}.${list}[${index}]`, volumeNames))
    }
  }
  if (!restartPolicies.includes(String(spec.restartPolicy))) {
    faults.push(unsupported(`${path}.restartPolicy`, spec.restartPolicy, restartPolicies))
  }
  const dns = ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None']
  if (!dns.includes(String(spec.dnsPolicy)))
    faults.push(unsupported(`${path}.dnsPolicy`, spec.dnsPolicy, dns))
  return faults
}

/** Names of list items: present, DNS labels, each once. */
function nameFaults(items: readonly Json[], path: string): FieldFault[] {
  const seen = new Set<unknown>()
  return items.flatMap((item, index) => {
    const field = `${path}[${index}].name`
    const name = String(item.name ?? '')
    if (name === '') return [required(field)]
    if (!LABEL.test(name) || name.length > 63) return [invalid(field, name, LABEL_TEXT)]
    if (seen.has(name)) return [duplicate(field, name)]
    seen.add(name)
    return []
  })
}

function containerFaults(container: Json, path: string, volumes: ReadonlySet<unknown>): FieldFault[] {
  const faults: FieldFault[] = []
  const image = String(container.image ?? '')
  if (image === '') faults.push(required(`${path}.image`))
  else if (image !== image.trim()) {
    faults.push(invalid(`${path}.image`, image, 'must not have leading or trailing whitespace'))
  }
  const policies = ['Always', 'IfNotPresent', 'Never']
  if (!policies.includes(String(container.imagePullPolicy))) {
    faults.push(unsupported(`${path}.imagePullPolicy`, container.imagePullPolicy, policies))
  }
  for (const [index, port] of listOf(container.ports).entries()) {
    faults.push(...portFaults(port.containerPort, `${path}.ports[${index}].containerPort`))
    const protocols = ['SCTP', 'TCP', 'UDP']
    if (!protocols.includes(String(port.protocol))) {
      faults.push(unsupported(`${path}.ports[${index}].protocol`, port.protocol, protocols))
    }
  }
  for (const [index, mount] of listOf(container.volumeMounts).entries()) {
    if (volumes.has(mount.name)) continue
    const body = `Not found: ${JSON.stringify(mount.name)}`
    faults.push({ type: 'FieldValueNotFound', field: `${path}.volumeMounts[${index}].name`, body })
  }
  return faults
}

export function portFaults(port: unknown, field: string): FieldFault[] {
  if (port === 0 || port === undefined) return [required(field)]
  if (typeof port === 'number' && port > 0 && port < 65536) return []
  return [invalid(field, port, 'must be between 1 and 65535, inclusive')]
}
