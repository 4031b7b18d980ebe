/**
 * Reads request bodies in Kubernetes' protobuf encoding, which client-go (and so `kubectl create`) prefers for
 * built-in kinds. Answers are always JSON: clients that send protobuf accept both.
 */
import table from './generated/types.json' with { type: 'json' }
import type { Json } from './schema.ts'
import type { FieldRow, ProtoField, TypeRow, TypeTable } from './table.ts'

const TABLE = table as unknown as TypeTable

/** Body that is not the protobuf it says it is. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError'
}

/** Magic bytes before every Kubernetes protobuf body (apimachinery, runtime/serializer/protobuf). */
const MAGIC = Buffer.from('k8s\0')

/**
 * The object in a body: an envelope names its type, `typeOf` says which table type that is. An envelope of a type
 * that is not in the table gives only apiVersion and kind.
 */
export function readProtobuf(
  body: Buffer,
  typeOf: (apiVersion: string, kind: string) => string | undefined,
): Json {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) throw new ProtobufError('the body lacks the k8s prefix')
  const envelope = readFields(body.subarray(MAGIC.length))
  const meta = readFields(bytesOf(envelope, 1))
  const apiVersion = bytesOf(meta, 1).toString()
  const kind = bytesOf(meta, 2).toString()
  const row = TABLE[typeOf(apiVersion, kind) ?? '']
  return { ...(row ? readMessage(row, bytesOf(envelope, 2)) : {}), apiVersion, kind }
}

type Wire = number | bigint | Buffer
type Fields = ReadonlyMap<number, readonly Wire[]>

function bytesOf(fields: Fields, number: number): Buffer {
  const value = fields.get(number)?.at(-1)
  return value instanceof Buffer ? value : Buffer.alloc(0)
}

/** Splits a message into its numbered values: varints, 64- and 32-bit values, and byte strings. */
function readFields(bytes: Buffer): Fields {
  const fields = new Map<number, Wire[]>()
  let offset = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[offset++]
      if (byte === undefined) throw new ProtobufError('the body ends in the middle of a number')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asIntN(64, value)
    }
    throw new ProtobufError('a number is longer than 64 bits')
  }
  const take = (length: number): Buffer => {
    if (length < 0 || offset + length > bytes.length)
      throw new ProtobufError('the body ends in the middle of a field')
    offset += length
    return bytes.subarray(offset - length, offset)
  }
  const value = (wireType: number): Wire => {
    if (wireType === 0) return varint()
    if (wireType === 1) return take(8).readDoubleLE()
    if (wireType === 2) return take(Number(varint()))
    if (wireType === 5) return take(4).readFloatLE()
    throw new ProtobufError(`wire type ${wireType} is not used by Kubernetes`)
  }
  while (offset < bytes.length) {
    const tag = Number(varint())
    const number = tag >> 3
    fields.set(number, [...(fields.get(number) ?? []), value(tag & 7)])
  }
  return fields
}

function readMessage(row: TypeRow, bytes: Buffer): Json {
  return readInto({}, row, row.proto ?? [], bytes)
}

function readInto(out: Json, row: TypeRow, numbered: readonly ProtoField[], bytes: Buffer): Json {
  for (const [number, values] of readFields(bytes)) {
    const field = numbered[number - 1]
    if (field === undefined || field === null) continue
    if (typeof field !== 'string') {
      for (const value of values) if (value instanceof Buffer) readInto(out, row, field, value)
    } else {
      const declared = row.fields[field]
      if (declared !== undefined) out[field] = readField(declared, values)
    }
  }
  return out
}

function readField(row: FieldRow, values: readonly Wire[]): unknown {
  if (typeof row === 'string') return readOne(row, values.at(-1) as Wire)
  if ('list' in row) return values.map((value) => readField(row.list, [value]))
  const entries = values.map((value) => {
    const entry = readFields(value as Buffer)
    const inner = entry.get(2) ?? [Buffer.alloc(0)]
    return [bytesOf(entry, 1).toString(), readField(row.map, inner)]
  })
  return Object.fromEntries(entries)
}

function readOne(type: string, value: Wire): unknown {
  if (type.startsWith('#')) {
    const row = TABLE[type.slice(1)]
    return row && value instanceof Buffer ? readMessage(row, value) : undefined
  }
  if (!(value instanceof Buffer)) return type === 'boolean' ? value !== 0n : Number(value)
  switch (type) {
    case 'bytes':
      return value.toString('base64')
    case 'quantity':
      return bytesOf(readFields(value), 1).toString()
    case 'intOrString':
      return readIntOrString(readFields(value))
    case 'time':
    case 'microTime':
      return readTime(readFields(value))
    case 'any':
      return readRaw(bytesOf(readFields(value), 1))
    default:
      return value.toString()
  }
}

function readIntOrString(fields: Fields): unknown {
  const isText = fields.get(1)?.at(-1) === 1n
  return isText ? bytesOf(fields, 3).toString() : Number(fields.get(2)?.at(-1) ?? 0)
}

function readTime(fields: Fields): string | null {
  const seconds = Number(fields.get(1)?.at(-1) ?? 0)
  return seconds === 0 ? null : new Date(seconds * 1000).toISOString()
}

/** Embedded JSON (RawExtension, FieldsV1, schema defaults). */
function readRaw(raw: Buffer): unknown {
  try {
    return raw.length > 0 ? JSON.parse(raw.toString()) : undefined
  } catch {
    throw new ProtobufError('embedded JSON cannot be read')
  }
}
