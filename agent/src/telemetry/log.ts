/** What a log line may carry: names as in `attributes.ts`, values that JSON can write. */
export type LogFields = Readonly<Record<string, unknown>>

export interface Log {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
}

/** Says nothing; for tests and for clusters that are simulated by the hundred. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }
