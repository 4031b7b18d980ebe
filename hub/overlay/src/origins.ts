import type { Origin } from './resources/origin.ts'
import type { Resource } from './resources/resource.ts'

const originKey = 'config.kubernetes.io/origin'
const transformationsKey = 'alpha.config.kubernetes.io/transformations'

/**
 * Writes the annotations that `buildMetadata` asks for, and removes those it does not. Doing so also
 * rewrites every object's annotations: values become strings, an empty map goes away.
 */
export function writeOrigins(resources: readonly Resource[], wanted: ReadonlySet<string>): void {
  for (const resource of resources) {
    const annotations = resource.annotations()
    annotations.delete(originKey)
    annotations.delete(transformationsKey)
    if (wanted.has('originAnnotations') && resource.origin !== undefined)
      annotations.set(originKey, originText(resource.origin, ''))
    if (wanted.has('transformerAnnotations') && resource.transformations.length > 0)
      annotations.set(transformationsKey, resource.transformations.map((origin) => listItem(origin)).join(''))
    resource.setAnnotations(annotations)
  }
}

function originText({ path, configuredIn, configuredBy }: Origin, indent: string): string {
  const lines: string[] = []
  if (path !== undefined && path !== '') lines.push(`path: ${path}`)
  if (configuredIn !== undefined) lines.push(`configuredIn: ${configuredIn}`)
  if (configuredBy !== undefined) {
    lines.push('configuredBy:', `  apiVersion: ${configuredBy.apiVersion}`, `  kind: ${configuredBy.kind}`)
    if (configuredBy.name) lines.push(`  name: ${configuredBy.name}`)
    if (configuredBy.namespace) lines.push(`  namespace: ${configuredBy.namespace}`)
  }
  return lines.map((line) => `${indent}${line}\n`).join('')
}

function listItem(origin: Origin): string {
  return `- ${originText(origin, '  ').slice(2)}`
}
