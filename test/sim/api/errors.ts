/** Refusals in the API server's own words: each becomes a `Status` object (apimachinery, pkg/api/errors). */
export interface StatusCause {
  readonly reason?: string
  readonly message: string
  readonly field?: string
}

export interface StatusDetails {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly StatusCause[]
  readonly retryAfterSeconds?: number
}

export interface Status {
  readonly kind: 'Status'
  readonly apiVersion: 'v1'
  readonly metadata: Record<string, unknown>
  readonly status: 'Failure' | 'Success'
  readonly message?: string
  readonly reason?: string
  readonly details?: StatusDetails
  readonly code?: number
}

/** A request the simulated API server refuses. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: number
  readonly reason: string
  readonly details: StatusDetails | undefined

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message)
    this.code = code
    this.reason = reason
    this.details = details
  }

  /** The body of the answer. */
  toStatus(): Status {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      ...(this.reason ? { reason: this.reason } : {}),
      ...(this.details ? { details: this.details } : {}),
      code: this.code,
    }
  }
}

interface Resource {
  readonly group: string
  readonly plural: string
}

const resourceName = (kind: Resource) => (kind.group ? `${kind.plural}.${kind.group}` : kind.plural)

const detailsOf = (kind: Resource, name: string): StatusDetails => ({
  ...(name ? { name } : {}),
  ...(kind.group ? { group: kind.group } : {}),
  kind: kind.plural,
})

export const badRequest = (message: string): ApiError => new ApiError(400, 'BadRequest', message)

export const notFound = (kind: Resource, name: string): ApiError =>
  new ApiError(404, 'NotFound', `${resourceName(kind)} "${name}" not found`, detailsOf(kind, name))

/** The path itself is not served. */
export const noSuchPath = (): ApiError =>
  new ApiError(404, 'NotFound', 'the server could not find the requested resource', {})

export const alreadyExists = (kind: Resource, name: string): ApiError =>
  new ApiError(409, 'AlreadyExists', `${resourceName(kind)} "${name}" already exists`, detailsOf(kind, name))

export const conflict = (kind: Resource, name: string, why: string): ApiError =>
  new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${resourceName(kind)} "${name}": ${why}`,
    detailsOf(kind, name),
  )

export const forbidden = (kind: Resource, name: string, why: string, causes?: StatusCause[]): ApiError =>
  new ApiError(403, 'Forbidden', `${resourceName(kind)} "${name}" is forbidden: ${why}`, {
    ...detailsOf(kind, name),
    ...(causes ? { causes } : {}),
  })

export const methodNotAllowed = (): ApiError =>
  new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})

export const expired = (message: string): ApiError => new ApiError(410, 'Expired', message)

/** A version this server has not reached: the client must have talked to another, or to one since restored. */
export const tooLarge = (asked: number, current: number): ApiError => {
  const message = `Too large resource version: ${asked}, current: ${current}`
  return new ApiError(504, 'Timeout', `Timeout: ${message}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })
}

export const unauthorized = (): ApiError => new ApiError(401, 'Unauthorized', 'Unauthorized')

export const unsupportedMediaType = (wanted: readonly string[]): ApiError =>
  new ApiError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${wanted.join(', ')}`,
  )

export const tooManyRequests = (retryAfterSeconds: number): ApiError =>
  new ApiError(429, 'TooManyRequests', 'Too many requests, please try again later.', { retryAfterSeconds })

export const internalError = (message: string): ApiError =>
  new ApiError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] })

/** One fault of a field, in the terms of apimachinery's `field.Error`. */
export interface FieldFault {
  readonly type:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueNotSupported'
    | 'FieldValueForbidden'
    | 'FieldValueDuplicate'
    | 'FieldValueTypeInvalid'
    | 'FieldValueTooLong'
    | 'FieldValueTooMany'
    | 'FieldValueNotFound'
  readonly field: string
  readonly body: string
}

export const required = (field: string, detail = ''): FieldFault => ({
  type: 'FieldValueRequired',
  field,
  body: detail ? `Required value: ${detail}` : 'Required value',
})

export const invalid = (field: string, value: unknown, detail: string): FieldFault => ({
  type: 'FieldValueInvalid',
  field,
  body: `Invalid value: ${shown(value)}: ${detail}`,
})

export const unsupported = (field: string, value: unknown, allowed: readonly string[]): FieldFault => ({
  type: 'FieldValueNotSupported',
  field,
  body: `Unsupported value: ${shown(value)}: supported values: ${allowed.map((one) => JSON.stringify(one)).join(', ')}`,
})

export const forbiddenField = (field: string, detail: string): FieldFault => ({
  type: 'FieldValueForbidden',
  field,
  body: `Forbidden: ${detail}`,
})

export const duplicate = (field: string, value: unknown): FieldFault => ({
  type: 'FieldValueDuplicate',
  field,
  body: `Duplicate value: ${shown(value)}`,
})

const shown = (value: unknown) => JSON.stringify(value) ?? 'null'

/** 422 with one cause per fault, as `NewInvalid` writes it. */
export function invalidObject(
  kind: { group: string; kind: string },
  name: string,
  faults: FieldFault[],
): ApiError {
  const messages = [...new Set(faults.map((fault) => `${fault.field}: ${fault.body}`))]
  const text = messages.length === 1 ? messages[0] : `[${messages.join(', ')}]`
  const groupKind = kind.group ? `${kind.kind}.${kind.group}` : kind.kind
  return new ApiError(422, 'Invalid', `${groupKind} "${name}" is invalid: ${text}`, {
    ...(name ? { name } : {}),
    ...(kind.group ? { group: kind.group } : {}),
    ...(kind.kind ? { kind: kind.kind } : {}),
    causes: faults.map((fault) => ({ reason: fault.type, message: fault.body, field: fault.field })),
  })
}
