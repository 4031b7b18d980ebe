/** Apps to releases: what an overlay builds, encoded and named by its digest. */
export { breather } from './breather.ts'
export { compareObjects, type FieldDifference, type ObjectDifference, withoutHash } from './compare.ts'
export {
  elementName,
  elementOf,
  type FieldPath,
  isList,
  isMapping,
  memberOf,
  nameOf,
  wholeObject,
} from './field-path.ts'
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
export { isSecretField, maskedValue } from './secret.ts'
