import type { Colors } from 'picocolors/types.js'
import type { Cell } from './cell.ts'

/** The word of a state in its colour: green is good, yellow moves or waits, red needs somebody. */
export const stateCell = (state: string | null | undefined, colors: Colors): Cell =>
  state === undefined || state === null ? undefined : { text: state, paint: stateColor(state, colors) }

function stateColor(state: string, colors: Colors): Colors['green'] {
  switch (state.toLowerCase()) {
    case 'healthy':
    case 'in-force':
    case 'corrected':
    case 'resolved':
      return colors.green
    case 'degraded':
    case 'missing':
    case 'failed':
    case 'invalid':
    case 'rejected':
    case 'open':
      return colors.red
    case 'superseded':
    case 'suspended':
      return colors.dim
    default:
      return colors.yellow
  }
}
