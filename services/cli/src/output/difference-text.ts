import type { FieldDifference, ObjectDifference } from '@roadstead/hub/render'
import type { Formatter } from 'picocolors/types.js'
import type { Context } from '../context.ts'
import { changedLines } from './changed-lines.ts'
import { lineOf } from './line.ts'
import { plainLine, truncateStart } from './text.ts'

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
  const count = (change: ObjectDifference['change']) =>
    objects.filter((each) => each.change === change).length
  const counts = [`${count('changed')} changed`, `${count('added')} added`, `${count('removed')} removed`]
  return [
    `${colors.bold(app)}, ${colors.red(`- ${from}`)} ${colors.green(`+ ${to}`)}\n\n`,
    ...objects.flatMap((object) => [...objectLines(object, look), '\n']),
    `Objects: ${counts.join(', ')}.\n`,
  ].join('')
}

function objectLines({ change, object, before, fields }: ObjectDifference, look: Look): string[] {
  const { colors, width } = look
  const name = plainLine(object)
  const line = (text: string, paint: Formatter) => lineOf([{ text, paint }], width)
  if (change === 'added') return [line(`+ ${name}`, colors.green)]
  if (change === 'removed') return [line(`- ${name}`, colors.red)]
  return [
    line(`~ ${name}`, colors.bold),
    ...(before === undefined ? [] : [line(`  was ${plainLine(before)}`, colors.dim)]),
    ...fields.flatMap((field) => fieldLines(field, look)),
  ]
}

function fieldLines({ path, from, to }: FieldDifference, { colors, width }: Look): string[] {
  const paints = { '-': colors.red, '+': colors.green, ' ': colors.dim }
  const line = (mark: '-' | '+' | ' ', text: string): string =>
    lineOf([{ text: `    ${mark} ${plainLine(text)}`, paint: paints[mark] }], width)
  const head = lineOf(['  ', truncateStart(plainLine(path), (width ?? Number.POSITIVE_INFINITY) - 2)], width)
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

/** A text as it is, line by line, but in quotes where it could be taken for something else; or JSON in one line. */
const valueLines = (value: unknown): string[] =>
  typeof value === 'string' && !looksLikeJson(value)
    ? value.replace(/\n$/, '').split('\n')
    : [jsonText(value)]

const looksLikeJson = (text: string): boolean => /^(|true|false|null|-?\d[\d.eE+-]*|[[{"].*)$/.test(text)

const jsonText = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? String(each) : each))
