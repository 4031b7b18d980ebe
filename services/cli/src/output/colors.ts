import picocolors from 'picocolors'
import type { Colors } from 'picocolors/types.js'
import type { Output } from '../context.ts'

/**
 * Colours for a stream: none where it is not a terminal, where `NO_COLOR` is set (no-color.org) or the
 * terminal is `dumb`; always with `FORCE_COLOR`.
 */
export function colorsFor(output: Output, env: Readonly<Record<string, string | undefined>>): Colors {
  const refused = (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb'
  const forced = !['', '0', undefined].includes(env.FORCE_COLOR)
  return picocolors.createColors(!refused && (forced || output.isTTY === true))
}
