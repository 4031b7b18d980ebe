import type { KubernetesObject } from './build.ts'
import { emitStream } from './yaml/emit.ts'
import type { Json } from './yaml/json.ts'

/**
 * The stream `kustomize build` prints: one YAML document per object, `---` between them, keys sorted.
 *
 * Numbers keep their value, not their spelling, as in the official binary: `1.10` prints as `1.1` and
 * `0755` as `493`; integers of 64 bits are exact. Text that YAML 1.1 would read as something else
 * (`"yes"`, `"1.10"`, `"0755"`) is quoted.
 */
export function toYaml(objects: readonly KubernetesObject[]): string {
  return emitStream(objects as readonly Json[])
}
