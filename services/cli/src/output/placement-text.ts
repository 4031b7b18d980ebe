import { objectRefText } from '@roadstead/proto'
import type { Placement } from '../api/resources.ts'
import type { Context } from '../context.ts'
import { stateCell } from './state.ts'
import type { Row } from './table.ts'
import { age } from './time.ts'

/** Problems shown below an app; `--output json` has those the hub keeps. */
const shownProblems = 3

/** The columns that say how an app is on a cluster; the row's first column is the caller's. */
export const placementColumns = [
  { title: 'STATUS' },
  { title: 'REACHED' },
  { title: 'AGO', align: 'right' },
  { title: 'HEALTHY', align: 'right' },
  { title: 'DRIFTED', align: 'right' },
] as const

/** A row with the reason and the first problems below it, where there are any. */
export function placementRow(
  name: string,
  placement: Placement,
  { colors, clock }: Pick<Context, 'colors' | 'clock'>,
): Row {
  const { status, objects } = placement
  const reached = lastMilestone(placement)
  return {
    cells: [
      name,
      stateCell(status, colors),
      reached?.name,
      age(reached?.at, clock.now()),
      objects === null ? undefined : `${objects.healthy}/${objects.total}`,
      objects?.drifted,
    ],
    below: status === 'healthy' ? [] : reasons(placement),
  }
}

/** Offered, accepted, applied, healthy: the last of the four that holds for what is wanted now. */
function lastMilestone({ milestones }: Placement): { name: string; at: string } | undefined {
  for (const name of ['healthy', 'applied', 'accepted', 'offered'] as const) {
    const milestone = milestones[name]
    if (milestone?.current) return { name, at: milestone.at }
  }
  return undefined
}

/** The problem that the reason repeats is said once. */
function reasons({ reason, problems, problemCount }: Placement): string[] {
  const others = problems.filter(({ message }) => message !== reason)
  const shown = others.slice(0, shownProblems).map(({ object, code, message }) => {
    return `${object === undefined ? '' : `${objectRefText(object)}: `}${message} (${code})`
  })
  const rest = problemCount - (problems.length - others.length) - shown.length
  return [
    ...(reason === null ? [] : [reason]),
    ...shown,
    ...(rest > 0 ? [`and ${rest} more problems (--output json)`] : []),
  ]
}
