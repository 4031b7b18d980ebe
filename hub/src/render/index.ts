/** Apps to releases: what an overlay builds, encoded and named by its digest. */
export { identify } from './objects.ts'
export type {
  AppRender,
  EncodedRelease,
  Rendered,
  RenderedObject,
  VariableReference,
} from './rendered.ts'
export { createRenderer, type FleetRenders, type Renderer } from './renderer.ts'
