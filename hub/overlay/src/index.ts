/**
 * @roadstead/overlay — builds Kustomize directories: `(files, directory) → objects`. No I/O, no clock.
 */
export {
  type BuildOptions,
  type BuildResult,
  build,
  type KubernetesObject,
  kustomizeVersion,
} from './build.ts'
export { OverlayError, type Problem } from './errors.ts'
export { type DirectoryEntry, type FileTree, fileTree } from './files.ts'
export { defaultLimits, type OverlayLimits } from './limits.ts'
export type { FieldOrigin, Provenance, SetBy } from './provenance.ts'
export { toYaml } from './to-yaml.ts'
export type { Json } from './yaml/json.ts'
