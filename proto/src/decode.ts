import type { Static, TProperties, TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { parseJson } from './canonical.ts'
import { RoadsteadError } from './errors.ts'

/** Reads one kind of message from outside: size, JSON and schema are checked, in that order. */
export type Decoder<T> = (bytes: Uint8Array) => T

/**
 * A decoder for a schema. Unknown members are tolerated, so that a newer peer can add to a message; all
 * that is known must have its declared shape.
 *
 * @param what the message's name, for error texts
 * @throws (the decoder) RoadsteadError `too-large` or `undecodable`, and nothing else
 */
export function decoder<Schema extends TSchema>(
  what: string,
  schema: Schema,
  maxBytes: number,
): Decoder<Static<Schema>> {
  let validator: Validator<TProperties, Schema> | undefined
  return (bytes) => {
    if (bytes.byteLength > maxBytes) {
      throw new RoadsteadError(
        'too-large',
        `the ${what} has ${bytes.byteLength} bytes; the limit is ${maxBytes}`,
      )
    }
    const value = parseJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
    validator ??= Compile(schema)
    if (validator.Check(value)) return value
    const [first] = validator.Errors(value)
    const where = first?.instancePath || '/'
    throw new RoadsteadError(
      'undecodable',
      `the ${what} is malformed at ${where}: ${first?.message ?? 'invalid'}`,
    )
  }
}
