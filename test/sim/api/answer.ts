import type { ApiError } from './errors.ts'

/** What is sent back for a request that is not a watch. */
export interface Answer {
  readonly code: number
  readonly body: unknown
  readonly contentType?: string
  /** Texts for `Warning: 299` headers. */
  readonly warnings?: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
}

export const ok = (body: unknown, warnings: readonly string[] = [], code = 200): Answer => ({
  code,
  body,
  warnings,
})

export const refused = (error: ApiError): Answer => ({
  code: error.code,
  body: error.toStatus(),
  ...(error.details?.retryAfterSeconds
    ? { headers: { 'retry-after': String(error.details.retryAfterSeconds) } }
    : {}),
})

/** `Warning` header values (RFC 7234 §5.5) as client-go expects them. */
export const warningHeaders = (warnings: readonly string[]): string[] =>
  warnings.map((text) => `299 - ${JSON.stringify(text)}`)
