/** The app that the smoke run changes: a Deployment behind a Service, on every cluster. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Sighting } from './cluster.ts'

export const APP = 'storefront'
export const ENVIRONMENTS = ['dev', 'staging', 'prod'] as const
export const DEPLOYMENTS = `/apis/apps/v1/namespaces/${APP}/deployments`
export const SERVICES = `/api/v1/namespaces/${APP}/services`
/** Where its image stands, as a JSON pointer. */
export const IMAGE_POINTER = '/spec/template/spec/containers/0/image'
const IMAGE = 'nginxinc/nginx-unprivileged'

export const imageOf = (tag: string) => `${IMAGE}:${tag}`

/** Whether a sighting shows the Deployment with that image. */
export function runs(image: string): (sighting: Sighting) => boolean {
  return ({ type, object }) => {
    const spec = object.spec as { template?: { spec?: { containers?: { image?: string }[] } } } | undefined
    return type !== 'DELETED' && spec?.template?.spec?.containers?.[0]?.image === image
  }
}

/** Has the overlays of these environments say another tag. */
export function setTag(fleet: string, environments: readonly string[], tag: string): void {
  for (const environment of environments) {
    const path = join(fleet, 'apps', APP, 'overlays', environment, 'kustomization.yaml')
    const before = readFileSync(path, 'utf8')
    const after = before.replace(/newTag: .*/, `newTag: ${tag}`)
    if (after === before) throw new Error(`${path} has no other newTag to change to ${tag}`)
    writeFileSync(path, after)
  }
}
