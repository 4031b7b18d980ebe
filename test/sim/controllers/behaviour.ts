import { isMap, type Json } from '../schema/schema.ts'
import type { KubeObject } from '../store/object.ts'

/** On a pod template or a workload: how its pods shall behave. */
export const BEHAVIOUR_ANNOTATION = 'sim.roadstead.dev/behaviour'

export type Behaviour =
  | { readonly kind: 'healthy' }
  | { readonly kind: 'crash-loop' }
  | { readonly kind: 'image-pull-error' }
  | { readonly kind: 'never-ready' }
  | { readonly kind: 'job-fails' }
  | { readonly kind: 'slow'; readonly delayMs: number }

/**
 * How a pod behaves, by its annotation or else by the tag of one of its images (`web:crash-loop`, `web:slow-5s`).
 * Anything else is healthy.
 */
export function behaviourOf(pod: KubeObject): Behaviour {
  const annotation = pod.metadata.annotations?.[BEHAVIOUR_ANNOTATION]
  if (annotation) return parse(annotation)
  const { containers } = (isMap(pod.spec) ? pod.spec : {}) as { containers?: Json[] }
  for (const { image } of containers ?? []) {
    const tag = /:([^/:@]+)(@.*)?$/.exec(String(image ?? ''))?.[1]
    const behaviour = tag ? parse(tag) : { kind: 'healthy' as const }
    if (behaviour.kind !== 'healthy') return behaviour
  }
  return { kind: 'healthy' }
}

function parse(text: string): Behaviour {
  if (
    text === 'crash-loop' ||
    text === 'image-pull-error' ||
    text === 'never-ready' ||
    text === 'job-fails'
  ) {
    return { kind: text }
  }
  const slow = /^slow[=-](\d+)(ms|s|m)$/.exec(text)
  if (!slow) return { kind: 'healthy' }
  const unitMs = slow[2] === 'ms' ? 1 : slow[2] === 's' ? 1_000 : 60_000
  return { kind: 'slow', delayMs: Number(slow[1]) * unitMs }
}
