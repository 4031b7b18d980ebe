import { type ErrorCode, type Retry, RoadsteadError } from '@roadstead/proto'

/** What the API server answered, in our one error model; the message is the server's own. */
export class KubeError extends RoadsteadError {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number
  readonly retryAfterMs: number | undefined

  constructor(
    code: ErrorCode,
    message: string,
    details: { retry: Retry; status: number; retryAfterMs?: number | undefined; cause?: unknown },
  ) {
    super(code, message, { retry: details.retry, cause: details.cause })
    this.status = details.status
    this.retryAfterMs = details.retryAfterMs
  }
}

export const isNotFound = (error: unknown): boolean =>
  error instanceof KubeError && error.code === 'not-found'

/**
 * Of a get or a delete: what was asked for is not there. A missing namespace is called `dependency-unmet`, which
 * is right for what is to be created in it, but here the namespace itself is what was asked for.
 */
export const isAbsent = (error: unknown): boolean =>
  error instanceof KubeError && error.status === 404 && error.code !== 'kind-unknown'

/** A list or watch that must start over because the server forgot the version it was to go on from. */
export const isExpired = (error: unknown): boolean => error instanceof KubeError && error.status === 410

interface Status {
  readonly message?: unknown
  readonly reason?: unknown
  readonly details?: { readonly kind?: unknown; readonly retryAfterSeconds?: unknown }
}

/** Translates an answer of 400 and above. `body` is the text of a `Status`, or whatever a proxy said. */
export function errorOfStatus(status: number, body: string, retryAfter?: string): KubeError {
  const parsed = parseStatus(body)
  const message = typeof parsed.message === 'string' && parsed.message !== '' ? parsed.message : body.trim()
  const text = message === '' ? `the API server answered ${status}` : message.slice(0, 2_000)
  const [code, retry] = classify(status, parsed, text)
  const seconds = Number(retryAfter ?? parsed.details?.retryAfterSeconds)
  const retryAfterMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : undefined
  return new KubeError(code, text, { retry, status, retryAfterMs })
}

function parseStatus(body: string): Status {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

function classify(status: number, { reason, details }: Status, text: string): [ErrorCode, Retry] {
  if (/admission webhook .* denied the request|ValidatingAdmissionPolicy .* denied/.test(text)) {
    return ['admission-denied', 'terminal']
  }
  // Server-side apply words a field that the schema does not have as an internal error.
  if (/failed to create typed patch object|field not declared in schema/.test(text)) {
    return ['object-invalid', 'terminal']
  }
  if (/failed calling webhook/.test(text)) return ['admission-denied', 'retry']
  if (/exceeded quota|forbidden: .*quota/.test(text)) return ['quota-exceeded', 'retry']
  if (/is being terminated|is being deleted/.test(text)) return ['object-conflict', 'retry']
  switch (status) {
    case 400:
      return ['object-invalid', 'terminal']
    case 401:
      return ['unauthenticated', 'retry']
    case 403:
      return ['object-forbidden', 'terminal']
    case 404:
      return notFound(reason, details?.kind, text)
    case 409:
      return ['object-conflict', 'retry']
    case 413:
      return ['too-large', 'terminal']
    case 415:
    case 422:
      return immutable.test(text) ? ['object-immutable', 'terminal'] : ['object-invalid', 'terminal']
    case 410:
      return ['precondition-failed', 'retry']
    case 429:
      return ['cluster-overloaded', 'retry']
    default:
      return status >= 500 ? ['cluster-unreachable', 'retry'] : ['object-invalid', 'terminal']
  }
}

/** How the built-in validators and CEL rules word it; there is no reason code for it. */
const immutable =
  /field is immutable|is immutable|may not be (changed|updated|modified)|updates to statefulset spec for fields other than|cannot change roleRef/i

function notFound(reason: unknown, kind: unknown, text: string): [ErrorCode, Retry] {
  if (reason !== 'NotFound' || /could not find the requested resource/.test(text)) {
    return ['kind-unknown', 'retry']
  }
  return kind === 'namespaces' ? ['dependency-unmet', 'retry'] : ['not-found', 'terminal']
}

/** Translates what was thrown before there was an answer. */
export function errorOfTransport(
  cause: unknown,
  signal: AbortSignal | undefined,
  what: string,
): RoadsteadError {
  if (cause instanceof RoadsteadError) return cause
  if (signal?.aborted)
    return new RoadsteadError('cancelled', `${what} was cancelled`, { retry: 'superseded', cause })
  const timedOut = cause instanceof Error && cause.name === 'TimeoutError'
  return new KubeError(timedOut ? 'timeout' : 'cluster-unreachable', `${what} failed`, {
    retry: 'retry',
    status: 0,
    cause,
  })
}
