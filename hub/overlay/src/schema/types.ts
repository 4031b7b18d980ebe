/**
 * One type of the generated table. Short names keep the table small:
 * `f` fields, `v` the type of map values, `i` the type of list elements,
 * `s` the patch strategy of a list, `k` the fields that identify its elements.
 */
export interface TypeRow {
  readonly f?: Readonly<Record<string, number>>
  readonly v?: number
  readonly i?: number
  readonly s?: string
  readonly k?: readonly string[]
}
