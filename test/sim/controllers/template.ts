import { createHash } from 'node:crypto'
import { isMap, type Json } from '../schema/schema.ts'
import type { KubeObject } from '../store/object.ts'
import { BEHAVIOUR_ANNOTATION } from './behaviour.ts'
import { ownedBy } from './owners.ts'

export interface PodTemplate {
  readonly metadata?: {
    readonly labels?: Record<string, string>
    readonly annotations?: Record<string, string>
  }
  readonly spec?: Json
}

export const templateOf = (workload: KubeObject): PodTemplate =>
  ((workload.spec as Json | undefined)?.template ?? {}) as PodTemplate

/** Ten letters that name a pod template: the same content gives the same name. */
export function templateHash(template: unknown): string {
  const digest = createHash('sha256')
    .update(JSON.stringify(sortKeys(template)))
    .digest()
  const letters = 'bcdfghjklmnpqrstvwxz2456789'
  return [...digest.subarray(0, 10)].map((byte) => letters[byte % letters.length]).join('')
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (!isMap(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sortKeys(value[key])]),
  )
}

/** A pod of a workload's template. */
export function podFrom(
  owner: KubeObject,
  name: { readonly name: string } | { readonly generateName: string },
  extra: { readonly labels?: Record<string, string>; readonly spec?: Json } = {},
): Json {
  const template = templateOf(owner)
  const behaviour = owner.metadata.annotations?.[BEHAVIOUR_ANNOTATION]
  const annotations = {
    ...(behaviour ? { [BEHAVIOUR_ANNOTATION]: behaviour } : {}),
    ...template.metadata?.annotations,
  }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...name,
      namespace: owner.metadata.namespace,
      labels: { ...template.metadata?.labels, ...extra.labels },
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      ownerReferences: ownedBy(owner),
    },
    spec: { ...structuredClone(template.spec), ...extra.spec },
  }
}

export const replicasOf = (workload: KubeObject): number => Number((workload.spec as Json).replicas ?? 1)

/** A count, or a percentage of a total, as `maxSurge` and `maxUnavailable` are given. */
export function countOrPercent(value: unknown, total: number, round: 'up' | 'down'): number {
  if (typeof value === 'number') return value
  const percent = Number(/^(\d+)%$/.exec(String(value ?? ''))?.[1] ?? 0)
  const exact = (percent * total) / 100
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact)
}
