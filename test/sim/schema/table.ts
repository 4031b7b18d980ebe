/**
 * The rows of `generated/types.json`: what the simulated API server knows of the built-in types.
 * A field is a scalar name, `#type` or a list or map of those.
 */
export type FieldRow = string | ListRow | MapRow

export interface ListRow {
  readonly list: FieldRow
  /** `x-kubernetes-list-type`; absent means atomic. */
  readonly type?: 'atomic' | 'set' | 'map'
  readonly keys?: readonly string[]
  /** `x-kubernetes-patch-merge-key`: strategic merge's key, which is not always the first of `keys`. */
  readonly patchKey?: string
  /** `x-kubernetes-patch-strategy`: `merge`, `merge,retainKeys` … */
  readonly strategy?: string
}

export interface MapRow {
  readonly map: FieldRow
}

export interface TypeRow {
  readonly fields: Readonly<Record<string, FieldRow>>
  readonly required?: readonly string[]
  /** Fields Go drops when they hold their zero value. */
  readonly omit?: readonly string[]
  /** Fields Go always writes, as their zero value when nothing was given. */
  readonly emit?: readonly string[]
  /** Protobuf: the field with number n+1, by its JSON name; null where there is none. */
  readonly proto?: readonly ProtoField[]
  readonly retainKeys?: readonly string[]
  readonly atomicFields?: readonly string[]
  readonly atomic?: boolean
}

/** A JSON name, or the numbered fields of a message that JSON writes into its parent. */
export type ProtoField = string | null | readonly ProtoField[]

export type TypeTable = Readonly<Record<string, TypeRow>>
