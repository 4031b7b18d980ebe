import { type AppRender, createRenderer, type Rendered } from '@roadstead/hub/render'
import type { App, FleetDefinition, Overlay } from '@roadstead/hub/source'
import type { KubernetesObject } from '@roadstead/overlay'
import { type AppName, decodeRelease, type EnvironmentName } from '@roadstead/proto'
import { type OpenFleet, unknownName } from './open-fleet.ts'

export interface FoundOverlay {
  readonly app: App
  readonly overlay: Overlay
}

/** @throws Failure `usage` for an app or an environment there is none of */
export function findOverlay(definition: FleetDefinition, name: string, environment: string): FoundOverlay {
  const app = definition.apps.get(name as AppName)
  if (app === undefined) throw unknownName(`there is no app ${name}`, name, definition.apps.keys())
  const overlay = app.overlays.get(environment as EnvironmentName)
  if (overlay === undefined) {
    throw unknownName(`${name} does not run in ${environment}`, environment, app.overlays.keys())
  }
  return { app, overlay }
}

/** A fleet of one app in some of its environments. */
export const onlyThese = (
  definition: FleetDefinition,
  app: App,
  overlays: readonly Overlay[],
): FleetDefinition => ({
  ...definition,
  apps: new Map([
    [app.name, { ...app, overlays: new Map(overlays.map((overlay) => [overlay.environment, overlay])) }],
  ]),
})

/** Renders one app as the hub would, in the environments of these overlays and in that order. */
export async function renderOverlays(
  { tree, definition }: OpenFleet,
  app: App,
  overlays: readonly Overlay[],
): Promise<AppRender[]> {
  const renderer = createRenderer()
  try {
    const renders = await renderer.renderFleet(tree, onlyThese(definition, app, overlays))
    return overlays.map(({ environment }) => renders.get(app.name)!.get(environment)!)
  } finally {
    await renderer.close()
  }
}

export async function objectsOf({ release }: Rendered): Promise<readonly KubernetesObject[]> {
  const { objects } = await decodeRelease(release.digest, release.compressed)
  return objects as unknown as readonly KubernetesObject[]
}
