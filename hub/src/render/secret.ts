import { createHash } from 'node:crypto'
import type { Json } from '@roadstead/overlay'

const secretFields = ['/data', '/stringData']

/** Is it a value of a Secret, or a mapping of them? `pointer` is a JSON pointer. */
export const isSecretField = (kind: string, pointer: string): boolean =>
  kind === 'Secret' && secretFields.some((field) => pointer === field || pointer.startsWith(`${field}/`))

/**
 * Stands for a value that is not shown: two values are equal where their marks are. It is no protection for
 * a value that can be guessed.
 */
export const maskedValue = (value: Json): string =>
  `sha256:${createHash('sha256').update(JSON.stringify(value, bigintText)).digest('hex').slice(0, maskChars)}…`

const maskChars = 12

const bigintText = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value
