/** What the process says to a script. Documented in docs/cli.md; a number never changes its meaning. */
export const exitCodes = {
  ok: 0,
  /** The question was understood and the answer is no: unhealthy, invalid, drifted, not there. */
  no: 1,
  /** The command line, or what it names, can not be understood. */
  usage: 2,
  /** No answer from the server, or one that says it can not answer now. */
  unreachable: 3,
  /** The server does not know the caller, or does not let them. */
  denied: 4,
  /** A fault of this program (EX_SOFTWARE of sysexits.h). */
  internal: 70,
  /** Ended by Ctrl-C, as shells count it. */
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

export interface FailureDetails {
  readonly code?: string
  /** What the reader can do about it. */
  readonly advice?: string
  readonly cause?: unknown
}

/** Ends the command: what is wrong, with the shared error code where there is one, and what to do. */
export class Failure extends Error {
  readonly exitCode: ExitCode
  readonly code: string | undefined
  readonly advice: string | undefined

  constructor(exitCode: ExitCode, message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'Failure'
    this.exitCode = exitCode
    this.code = details.code
    this.advice = details.advice
  }
}
