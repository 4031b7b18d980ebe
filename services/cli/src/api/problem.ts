import { type ExitCode, exitCodes, Failure } from '../exit.ts'

/** RFC 9457, with the shared error code beside it. */
export interface ProblemDetails {
  readonly title?: string
  readonly status?: number
  readonly detail?: string
  readonly code?: string
}

/** Turns an answer that is not a success into what the reader needs: what is wrong and what to do. */
export function problemFailure(status: number, body: string, server: string): Failure {
  const problem = parseProblem(body)
  const summary =
    problem.detail ?? problem.title ?? `the server answered ${status} without saying what is wrong`
  return new Failure(exitCodeOf(status), summary, {
    code: problem.code ?? `http-${status}`,
    ...adviceFor(status, server),
  })
}

function parseProblem(body: string): ProblemDetails {
  try {
    const value: unknown = JSON.parse(body)
    if (value === null || typeof value !== 'object') return {}
    const text = (key: string): Record<string, string> => {
      const field = (value as Record<string, unknown>)[key]
      return typeof field === 'string' ? { [key]: field } : {}
    }
    return { ...text('title'), ...text('detail'), ...text('code') }
  } catch {
    // A proxy's page, not the hub's answer: the status is all there is to say.
    return {}
  }
}

function exitCodeOf(status: number): ExitCode {
  if (status === 401 || status === 403) return exitCodes.denied
  if (status === 400) return exitCodes.usage
  if (status === 429 || status >= 500) return exitCodes.unreachable
  return exitCodes.no
}

function adviceFor(status: number, server: string): { advice?: string } {
  switch (status) {
    case 401:
      return { advice: `Give a token that ${server} knows: --token, or ROADSTEAD_TOKEN.` }
    case 403:
      return { advice: 'The token is known but may not do this. Ask for one with more rights.' }
    case 404:
      return {
        advice: 'Names are as in the fleet repository; "roadstead clusters" and "roadstead apps" list them.',
      }
    case 429:
      return { advice: 'Wait a moment and try again.' }
    default:
      return status >= 500 ? { advice: `Look at the log of the hub behind ${server}.` } : {}
  }
}
