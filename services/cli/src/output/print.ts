import { stringify } from 'yaml'
import type { Context } from '../context.ts'

/**
 * Prints what the server said: as it is in JSON or YAML, for scripts, or as the text a person reads.
 * `text` is only called when it is wanted.
 */
export function print(context: Context, value: unknown, text: () => string): void {
  context.stdout.write(context.format === 'table' ? text() : machineText(context.format, value))
}

/** One of many values that come one after the other: a line of JSON each, or a YAML document each. */
export function printNext(context: Context, value: unknown, text: () => string): void {
  if (context.format === 'json') context.stdout.write(`${JSON.stringify(value)}\n`)
  else if (context.format === 'yaml') context.stdout.write(`---\n${yaml(value)}`)
  else context.stdout.write(text())
}

function machineText(format: 'json' | 'yaml', value: unknown): string {
  return format === 'json' ? `${JSON.stringify(value, exactIntegers, 2)}\n` : yaml(value)
}

const yaml = (value: unknown): string => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false })

/** 64-bit integers of a manifest are bigints; JSON writes them as the numbers they are. */
const exactIntegers = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? rawJson(String(value)) : value

/** In Node 22 and later, and not yet in TypeScript's library. */
const rawJson = (text: string): unknown =>
  (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text)
