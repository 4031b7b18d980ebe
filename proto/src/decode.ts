import * as v from 'valibot'
import { parseJson } from './canonical.ts'
import { RoadsteadError } from './errors.ts'

/** Reads one kind of message from outside: size, JSON and schema are checked, in that order. */
export type Decoder<T> = (bytes: Uint8Array) => T

/**
 * A decoder for a schema. Members that the schema does not know are dropped, so that a newer peer can
 * add to a message; all that is known must have its declared shape.
 *
 * @param what the message's name, for error texts
 * @throws (the decoder) RoadsteadError `too-large` or `undecodable`, and nothing else
 */
export function decoder<Schema extends v.GenericSchema<unknown, unknown>>(
  what: string,
  schema: Schema,
  maxBytes: number,
): Decoder<v.InferOutput<Schema>> {
  return (bytes) => {
    if (bytes.byteLength > maxBytes) {
      throw new RoadsteadError(
        'too-large',
        `the ${what} has ${bytes.byteLength} bytes; the limit is ${maxBytes}`,
      )
    }
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
    const result = v.safeParse(schema, parseJson(text), { abortEarly: true })
    if (result.success) return result.output
    const [issue] = result.issues
    throw new RoadsteadError(
      'undecodable',
      `the ${what} is malformed at ${v.getDotPath(issue) ?? 'its top'}: ${issue.message}`,
    )
  }
}
