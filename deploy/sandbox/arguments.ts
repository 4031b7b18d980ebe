/** What was asked for on the command line. Pure. */

export interface Arguments {
  /** Remove all state first. */
  readonly fresh: boolean
  /** Measure, print a table and end, on a state of its own. */
  readonly smoke: boolean
  readonly help: boolean
}

export const USAGE = `Usage: npm run demo [-- --fresh | --smoke | --help]

Brings up a fleet on this machine: PostgreSQL, NATS, the hub, twelve simulated clusters with an agent each, and a
sample fleet repository. It stays up until Ctrl-C; the next run goes on with the same data.

  --fresh   start over: forget the data of earlier runs
  --smoke   an unattended run on data of its own: change, break and kill things, print how long everything took,
            and exit with 0, or with 1 when something failed
`

/** @throws {Error} that names the word that is not understood */
export function readArguments(words: readonly string[]): Arguments {
  const known = new Set(['--fresh', '--smoke', '--help', '-h'])
  const unknown = words.find((word) => !known.has(word))
  if (unknown !== undefined) throw new Error(`"${unknown}" is not an option of the sandbox\n\n${USAGE}`)
  const has = (word: string) => words.includes(word)
  return { fresh: has('--fresh'), smoke: has('--smoke'), help: has('--help') || has('-h') }
}
