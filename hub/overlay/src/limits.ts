/** What one build may cost. A tree from a stranger must not be able to exhaust the hub. */
export interface OverlayLimits {
  readonly fileBytes: number
  /** Depth of mappings and lists inside one YAML document. */
  readonly nestingLevels: number
  /** Nodes of one YAML file after its aliases are expanded; bounds anchor bombs. */
  readonly nodesPerFile: number
  readonly fieldsPerMapping: number
  readonly objects: number
  /** Kustomization directories visited, counted once per visit. */
  readonly directories: number
  /** Kustomizations between the built directory and the deepest base. */
  readonly directoryLevels: number
  /** All files read by one build, counted once per read. */
  readonly totalBytes: number
}

/** Elements of a list that is merged by keys; every element is compared with every other. */
export const maxMergedElements = 5_000

export const defaultLimits: OverlayLimits = {
  fileBytes: 8 * 1024 * 1024,
  nestingLevels: 256,
  nodesPerFile: 1_000_000,
  fieldsPerMapping: 10_000,
  objects: 20_000,
  directories: 2_000,
  directoryLevels: 100,
  totalBytes: 128 * 1024 * 1024,
}
