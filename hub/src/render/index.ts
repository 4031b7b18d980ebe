/** Apps to releases: what an overlay builds, encoded and named by its digest. */
export { breather } from './breather.ts'
export type { Traced } from './job.ts'
export { identify } from './objects.ts'
export {
  type AppRender,
  type EncodedRelease,
  type Rendered,
  type RenderedObject,
  type VariableReference,
  writtenText,
} from './rendered.ts'
export { createRenderer, type FleetRenders, type Renderer, type TraceResult } from './renderer.ts'
