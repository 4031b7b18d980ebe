import type { FieldDifference, ObjectDifference } from '@roadstead/hub/render'
import type { Context } from '../context.ts'
import { changedLines } from './changed-lines.ts'
import { plainLine, truncate } from './text.ts'

type Look = Pick<Context, 'colors' | 'width'>

export interface Difference {
  readonly app: string
  readonly from: string
  readonly to: string
  readonly objects: readonly ObjectDifference[]
}

/** Object by object, and below it each field with what it was and what it is. */
export function differenceText({ app, from, to, objects }: Difference, look: Look): string {
  if (objects.length === 0) return `${app} is the same in ${from} and ${to}.\n`
  const { colors } = look
  const lines = objects.flatMap((object) => [...objectLines(object, look), ''])
  const count = (change: ObjectDifference['change']) =>
    objects.filter((each) => each.change === change).length
  const counts = [`${count('changed')} changed`, `${count('added')} added`, `${count('removed')} removed`]
  return [
    `${colors.bold(app)}, ${colors.red(`- ${from}`)} ${colors.green(`+ ${to}`)}`,
    '',
    ...lines,
    `Objects: ${counts.join(', ')}.`,
  ]
    .map((line) => `${line}\n`)
    .join('')
}

function objectLines({ change, object, before, fields }: ObjectDifference, look: Look): string[] {
  const { colors } = look
  const name = plainLine(object)
  if (change === 'added') return [colors.green(`+ ${name}`)]
  if (change === 'removed') return [colors.red(`- ${name}`)]
  const was = before === undefined ? '' : colors.dim(` (was ${plainLine(before)})`)
  return [`${colors.bold(`~ ${name}`)}${was}`, ...fields.flatMap((field) => fieldLines(field, look))]
}

function fieldLines({ path, from, to }: FieldDifference, { colors, width }: Look): string[] {
  const line = (mark: '-' | '+' | ' ', text: string): string => {
    const whole = `    ${mark} ${plainLine(text)}`
    const shown = width === undefined ? whole : truncate(whole, width)
    return mark === '-' ? colors.red(shown) : mark === '+' ? colors.green(shown) : colors.dim(shown)
  }
  const head = `  ${plainLine(path)}`
  if (isLong(from) && isLong(to)) {
    return [head, ...changedLines(from, to).map(({ mark, text }) => line(mark, text))]
  }
  return [
    head,
    ...(from === undefined ? [] : valueLines(from).map((text) => line('-', text))),
    ...(to === undefined ? [] : valueLines(to).map((text) => line('+', text))),
  ]
}

const isLong = (value: unknown): value is string => typeof value === 'string' && value.includes('\n')

/** A text as it is, line by line; anything else as one line of JSON. */
const valueLines = (value: unknown): string[] =>
  typeof value === 'string' ? value.replace(/\n$/, '').split('\n') : [jsonText(value)]

const jsonText = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? String(each) : each))
