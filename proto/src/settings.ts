/**
 * Configuration from environment variables, declared in one table per program: the table is what the
 * program reads, what its reference page shows and what its chart accepts.
 */
export interface Setting<T> {
  /** The environment variable. */
  readonly name: string
  readonly description: string
  /** What the text must look like, for people: `host:port`, `seconds`, `file`. */
  readonly form: string
  /** As it would be written in the environment; absent for a setting that must be given or may be missing. */
  readonly default?: string
  /** Never shown: not in logs, not in error texts. */
  readonly secret?: boolean
  /** Turns the text into a value, or says in a few words what is wrong with it. */
  readonly parse: (text: string) => T | Fault
}

export class Fault {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

type Values<Table> = {
  readonly [K in keyof Table]: Table[K] extends Setting<infer T> ? T : never
}

type Options = { readonly default?: string; readonly secret?: boolean }

const setting =
  <T>(form: string, parse: (text: string) => T | Fault) =>
  (name: string, description: string, options: Options = {}): Setting<T> => ({
    name,
    description,
    form,
    parse,
    ...options,
  })

/** The same setting, absent when it is not given. */
export const optional = <T>(inner: Setting<T>): Setting<T | undefined> => ({
  ...inner,
  default: '',
  parse: (text) => (text === '' ? undefined : inner.parse(text)),
})

export const text = setting('text', (value) => (value === '' ? new Fault('must not be empty') : value))
export const file = setting('path', (value) => (value === '' ? new Fault('must not be empty') : value))
export const list = setting('comma-separated list', (value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
)
export const flag = setting('true or false', (value) =>
  value === 'true' ? true : value === 'false' ? false : new Fault('must be true or false'),
)
export const url = setting('URL', (value) => (URL.canParse(value) ? value : new Fault('is not a URL')))

export const oneOf = <const T extends string>(...choices: readonly T[]) =>
  setting(choices.join(' | '), (value) =>
    (choices as readonly string[]).includes(value)
      ? (value as T)
      : new Fault(`must be one of ${choices.join(', ')}`),
  )

export const integer = (form: string, minimum: number, maximum: number) =>
  setting(form, (value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
    return number >= minimum && number <= maximum
      ? number
      : new Fault(`must be a whole number from ${minimum} to ${maximum}`)
  })

export const port = integer('port', 0, 65_535)

/**
 * Reads a table from an environment. Never stops at the first fault: all are returned together, each
 * naming its variable, and none quoting a secret.
 */
export function readSettings<Table extends Record<string, Setting<unknown>>>(
  table: Table,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly values: Values<Table>; readonly faults: readonly string[] } {
  const faults: string[] = []
  const values: Record<string, unknown> = {}
  for (const [key, entry] of Object.entries(table)) {
    const given = environment[entry.name] ?? entry.default
    const value = given === undefined ? new Fault('is required') : entry.parse(given.trim())
    if (value instanceof Fault) {
      const shown = given === undefined || entry.secret ? '' : ` (it is "${given}")`
      faults.push(`${entry.name} ${value.message}${shown}: ${entry.description}`)
    } else {
      values[key] = value
    }
  }
  return { values: values as Values<Table>, faults }
}

/** The table as Markdown, for a reference page. */
export function settingsMarkdown(table: Record<string, Setting<unknown>>): string {
  const cell = (value: string) => value.replaceAll('|', '\\|')
  const rows = Object.values(table).map((entry) => {
    const preset =
      entry.default === undefined ? '*required*' : entry.default === '' ? '' : `\`${entry.default}\``
    return `| \`${entry.name}\` | ${cell(entry.form)} | ${preset} | ${cell(entry.description)} |`
  })
  return ['| variable | form | default | what it is for |', '|---|---|---|---|', ...rows, ''].join('\n')
}
