import type { Context } from '../operations/context.ts'
import { isMap, type Json } from '../schema/schema.ts'
import type { KubeObject } from '../store/object.ts'

const NODE_PORT_FIRST = 30_000
const NODE_PORT_LAST = 32_767

/** Gives a Service its cluster IP and node ports, and keeps them over updates. */
export function admitService(context: Context, object: KubeObject, live: KubeObject | undefined): KubeObject {
  const spec: Json = { ...(object.spec as Json) }
  const before = (live?.spec ?? {}) as Json
  if (spec.type === 'ExternalName') return object
  const requested = spec.clusterIP
  spec.clusterIP = requested || before.clusterIP || freeClusterIp(context)
  spec.clusterIPs = [spec.clusterIP]
  if (spec.clusterIP !== 'None' || before.ipFamilies || spec.selector) {
    spec.ipFamilies ??= before.ipFamilies ?? ['IPv4']
    spec.ipFamilyPolicy ??= before.ipFamilyPolicy ?? 'SingleStack'
  }
  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') {
    spec.ports = nodePorts(context, spec, before)
  }
  return { ...object, spec }
}

function usedBy(context: Context, pick: (spec: Json) => unknown[]): Set<unknown> {
  return new Set(context.store.list('services').flatMap((service) => pick(service.spec as Json)))
}

/** The lowest free address of 10.96.0.0/16. */
function freeClusterIp(context: Context): string {
  const used = usedBy(context, (spec) => [spec.clusterIP])
  for (let host = 1; host < 65_535; host++) {
    const ip = `10.96.${host >> 8}.${host & 255}`
    if (!used.has(ip)) return ip
  }
  throw new Error('all cluster IPs of 10.96.0.0/16 are in use')
}

function nodePorts(context: Context, spec: Json, before: Json): unknown[] {
  const portsOf = (value: unknown) => (Array.isArray(value) ? value.filter(isMap) : [])
  if (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts === false) return portsOf(spec.ports)
  const used = usedBy(context, (one) => portsOf(one.ports).map((port) => port.nodePort))
  let next = NODE_PORT_FIRST
  return portsOf(spec.ports).map((port) => {
    if (port.nodePort) return port
    const known = portsOf(before.ports).find(
      (one) => one.port === port.port && one.protocol === port.protocol,
    )
    if (known?.nodePort) return { ...port, nodePort: known.nodePort }
    while (used.has(next) && next < NODE_PORT_LAST) next++
    used.add(next)
    return { ...port, nodePort: next }
  })
}
