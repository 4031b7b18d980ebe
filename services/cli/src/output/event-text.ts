import type { FleetEvent } from '../api/resources.ts'
import type { Context } from '../context.ts'
import { plainLine } from './text.ts'
import { localTime } from './time.ts'
import { shortCommit } from './words.ts'

/** Of the longest types that are common, so that what follows stands in a column. */
const typeWidth = 18

/** One line for an event: when, what, about what, and the hub's own words. Never cut: it is a log. */
export function eventText(event: FleetEvent, { colors }: Pick<Context, 'colors'>): string {
  const commit = event.commit === null ? null : shortCommit(event.commit)
  const about = [event.cluster ?? event.environment, event.app, commit].filter((part) => part !== null)
  const [type, subject, message] = [event.type, about.join(' '), event.message].map(plainLine)
  const parts = [colors.dim(localTime(event.at)), colors.bold(type!.padEnd(typeWidth)), subject, message]
  return `${parts.filter((part) => part !== '').join('  ')}\n`
}
