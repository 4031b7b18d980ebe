import { duplicate, type FieldFault, invalid, required, unsupported } from '../api/errors.ts'
import { isMap, type Json } from '../schema/schema.ts'
import { portFaults } from './pods.ts'

const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isMap) : [])

export function serviceFaults(spec: Json): FieldFault[] {
  const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
  const faults: FieldFault[] = []
  if (!types.includes(String(spec.type))) faults.push(unsupported('spec.type', spec.type, types))
  const ports = listOf(spec.ports)
  const headless = spec.clusterIP === 'None'
  if (ports.length === 0 && !headless && spec.type !== 'ExternalName') faults.push(required('spec.ports'))
  const names = new Set<unknown>()
  const seen = new Set<string>()
  for (const [index, port] of ports.entries()) {
    const path = `spec.ports[${index}]`
    if (ports.length > 1 && !port.name) faults.push(required(`${path}.name`))
    if (port.name && names.has(port.name)) faults.push(duplicate(`${path}.name`, port.name))
    names.add(port.name)
    faults.push(...servicePortFaults(port.port, `${path}.port`))
    const id = `${port.protocol}/${port.port}`
    if (seen.has(id)) faults.push(duplicate(path, { port: port.port, protocol: port.protocol }))
    seen.add(id)
  }
  return faults
}

function servicePortFaults(port: unknown, field: string): FieldFault[] {
  if (port === 0 || port === undefined) return [invalid(field, 0, 'must be between 1 and 65535, inclusive')]
  return portFaults(port, field)
}

/** A cluster IP stays for the life of a Service, unless it becomes an ExternalName. */
export function serviceChangeFaults(live: Json, next: Json): FieldFault[] {
  const before = isMap(live.spec) ? live.spec : {}
  const after = isMap(next.spec) ? next.spec : {}
  if (before.type === 'ExternalName' || after.type === 'ExternalName') return []
  if (!before.clusterIP || before.clusterIP === after.clusterIP) return []
  return [invalid('spec.clusterIPs[0]', after.clusterIPs ?? [after.clusterIP], 'may not change once set')]
}

export function ingressFaults(spec: Json): FieldFault[] {
  const faults: FieldFault[] = []
  if (listOf(spec.rules).length === 0 && !isMap(spec.defaultBackend)) {
    faults.push(invalid('spec', spec, 'either `defaultBackend` or `rules` must be specified'))
  }
  for (const [r, rule] of listOf(spec.rules).entries()) {
    for (const [p, path] of listOf(isMap(rule.http) ? rule.http.paths : []).entries()) {
      const field = `spec.rules[${r}].http.paths[${p}]`
      const types = ['Exact', 'ImplementationSpecific', 'Prefix']
      if (!path.pathType) faults.push(required(`${field}.pathType`, 'pathType must be specified'))
      else if (!types.includes(String(path.pathType)))
        faults.push(unsupported(`${field}.pathType`, path.pathType, types))
      if (path.pathType !== 'ImplementationSpecific' && !String(path.path ?? '').startsWith('/')) {
        faults.push(invalid(`${field}.path`, path.path ?? '', 'must be an absolute path'))
      }
    }
  }
  return faults
}
