import type { Json } from '../schema/schema.ts'
import type { KubeObject } from '../store/object.ts'
import type { Toolbox } from './toolbox.ts'

/** An address of the documentation range 198.51.100.0/24 (RFC 5737), always the same for an object. */
function addressOf(object: KubeObject): string {
  const byte = Number.parseInt((object.metadata.uid ?? '01').slice(0, 2), 16)
  return `198.51.100.${(byte % 254) + 1}`
}

/** Gives a Service of type LoadBalancer its address a moment after it was made. */
export function reconcileService(tools: Toolbox, service: KubeObject): number | undefined {
  const balanced = (service.spec as Json).type === 'LoadBalancer'
  return publish(tools, service, balanced ? { ip: addressOf(service), ipMode: 'VIP' } : undefined)
}

export function reconcileIngress(tools: Toolbox, ingress: KubeObject): number | undefined {
  return publish(tools, ingress, { ip: addressOf(ingress) })
}

function publish(tools: Toolbox, object: KubeObject, address: Json | undefined): number | undefined {
  const status = (object.status ?? {}) as { loadBalancer?: { ingress?: Json[] } }
  const known = status.loadBalancer?.ingress?.[0]
  if ((known === undefined) === (address === undefined)) return undefined
  const waitMs = address ? tools.msUntilReady(object) : 0
  if (waitMs > 0) return waitMs
  tools.setStatus(object, { ...status, loadBalancer: address ? { ingress: [address] } : {} })
  return undefined
}
