import type { ObjectRef } from '@roadstead/proto'
import type { Drift } from '../api/resources.ts'
import type { Context } from '../context.ts'
import { stateCell } from './state.ts'
import { table } from './table.ts'
import { age } from './time.ts'

type Look = Pick<Context, 'colors' | 'width' | 'clock'>

/** Fields shown below an object; `--output json` has those the hub keeps. */
const shownFields = 3

export function driftText(records: readonly Drift[], look: Look): string {
  if (records.length === 0) return 'No drift.\n'
  const rows = records.map((record) => ({
    cells: [
      record.cluster,
      objectName(record.object),
      stateCell(record.state, look.colors),
      record.fight
        ? { text: `${record.manager ?? 'somebody'}, again`, paint: look.colors.red }
        : record.manager,
      age(record.detectedAt, look.clock.now()),
    ],
    below: fieldLines(record),
  }))
  return table(
    [
      { title: 'CLUSTER', shrinks: true },
      { title: 'OBJECT', shrinks: true },
      { title: 'STATE' },
      { title: 'BY', shrinks: true },
      { title: 'SINCE', align: 'right' },
    ],
    rows,
    look,
  )
}

/** Without its API group, which the reader rarely needs and a narrow column does not hold. */
const objectName = ({ kind, namespace, name }: ObjectRef): string =>
  `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`

/** What differs: the desired value, then the live one, each as JSON. */
function fieldLines({ change, fields, fieldCount }: Drift): string[] {
  if (change === 'deleted') return ['the object is gone']
  const shown = fields.slice(0, shownFields).map(({ path, desired, live }) => {
    return `${path}: wanted ${desired ?? 'nothing'}, found ${live ?? 'nothing'}`
  })
  const rest = fieldCount - shown.length
  return rest > 0 ? [...shown, `and ${rest} more fields (--output json)`] : shown
}
