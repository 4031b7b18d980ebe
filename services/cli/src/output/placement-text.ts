import { objectRefText } from '@roadstead/proto'
import type { Placement } from '../api/resources.ts'
import type { Context } from '../context.ts'
import { stateCell } from './state.ts'
import type { Row } from './table.ts'

/** Problems shown below an app; `--output json` has those the hub keeps. */
const shownProblems = 3

/** The columns that say how an app is on a cluster; the row's first column is the caller's. */
export const placementColumns = [
  { title: 'HEALTH' },
  { title: 'PHASE' },
  { title: 'CURRENT' },
  { title: 'HEALTHY', align: 'right' },
  { title: 'DRIFTED', align: 'right' },
] as const

/** A row with the reason and the first problems below it, where there are any. */
export function placementRow(name: string, placement: Placement, { colors }: Pick<Context, 'colors'>): Row {
  const { health, phase, current, objects, reason, problems } = placement
  return {
    cells: [
      name,
      stateCell(health, colors),
      phase,
      current ? 'yes' : 'no',
      objects === null ? undefined : `${objects.healthy}/${objects.total}`,
      objects?.drifted,
    ],
    below: [...(reason === null ? [] : [reason]), ...problemLines(placement), ...moreLine(problems.length)],
  }
}

const problemLines = ({ problems, reason }: Placement): string[] =>
  problems.slice(0, shownProblems).flatMap(({ object, code, message }) => {
    if (message === reason) return []
    return [`${object === undefined ? '' : `${objectRefText(object)}: `}${message} (${code})`]
  })

const moreLine = (count: number): string[] =>
  count > shownProblems ? [`and ${count - shownProblems} more problems (--output json)`] : []
