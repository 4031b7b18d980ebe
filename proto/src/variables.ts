import type { Json, JsonObject } from './canonical.ts'
import { RoadsteadError } from './errors.ts'
import type { Variable } from './messages/assignment.ts'

/**
 * `${cluster.name}`, `${cluster.environment}`, `${cluster.labels.<key>}`, `${vars.<name>}` and
 * `${vars.<name>:=default}` in the strings of an object. Any other `${…}` is the app's own business (a
 * shell script in a ConfigMap) and stays as it is; `$${` writes a literal `${` in front of one of ours.
 */
export interface VariableScope {
  readonly cluster: {
    readonly name: string
    readonly environment: string
    readonly labels: Readonly<Record<string, string>>
  }
  readonly vars: Readonly<Record<string, Variable>>
}

/** The name of a variable: `vars.<name>` in an expression. */
export const variableNamePattern = '^[A-Za-z_][A-Za-z0-9_.-]{0,127}$'

const reference =
  /(\$?)\$\{((?:cluster\.(?:name|environment|labels\.[A-Za-z0-9_./-]+)|vars\.[A-Za-z_][A-Za-z0-9_.-]*))(?::=([^}]*))?\}/g

/**
 * The object with its references replaced. A string that is one whole reference takes the variable's own
 * type (`replicas: ${vars.replicas}` becomes a number when the variable is one), and its default is read as
 * YAML reads a value: `6` is a number, `true` a boolean, `"6"` a text. Inside a longer string a variable or
 * a default is written out as it stands.
 *
 * @throws RoadsteadError `undefined-variable`, naming the variable and the field
 */
export function substitute<T extends JsonObject>(object: T, scope: VariableScope): T {
  return replace(object, scope, '') as T
}

/** One `${…}` of ours in a text. */
export interface Reference {
  /** `vars.domain`, `cluster.labels.region` */
  readonly name: string
  /** As it is written behind `:=`. */
  readonly fallback?: string
}

/** The references in a text, in the order they stand in it; escaped ones are none. */
export const referencesIn = (text: string): Reference[] =>
  [...text.matchAll(reference)]
    .filter(([, escaped]) => escaped === '')
    .map(([, , name, fallback]) => ({ name: name!, ...(fallback !== undefined && { fallback }) }))

/** The references in an object that the scope leaves undefined, each as `{name, path}`. */
export function undefinedReferences(
  object: JsonObject,
  scope: VariableScope,
): { name: string; path: string }[] {
  const missing: { name: string; path: string }[] = []
  visitStrings(object, '', (text, path) => {
    for (const { name, fallback } of referencesIn(text)) {
      if (fallback === undefined && lookUp(name, scope) === undefined) missing.push({ name, path })
    }
  })
  return missing
}

function replace(value: Json, scope: VariableScope, path: string): Json {
  if (typeof value === 'string') return value.includes('${') ? replaceText(value, scope, path) : value
  if (Array.isArray(value)) return value.map((item, index) => replace(item, scope, `${path}/${index}`))
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).map(([key, member]) => [
    key,
    replace(member, scope, `${path}/${pointerSegment(key)}`),
  ])
  return Object.fromEntries(entries) as JsonObject
}

function replaceText(text: string, scope: VariableScope, path: string): Json {
  const whole = [...text.matchAll(reference)]
  const [only] = whole
  if (only && only[1] === '' && only[0] === text) {
    const fallback = only[3] === undefined ? undefined : scalarOf(only[3])
    return resolve(only[2]!, fallback, scope, path)
  }
  return text.replace(reference, (match, escaped: string, name: string, fallback: string | undefined) =>
    escaped === '$' ? match.slice(1) : String(resolve(name, fallback, scope, path)),
  )
}

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/**
 * A default that is a whole field. What YAML's versions read differently (`0755`, `yes`, `1_000`), and what
 * a double does not hold, stays text: it is never changed by being read.
 */
function scalarOf(text: string): Variable {
  if (text === 'true' || text === 'false') return text === 'true'
  if (jsonNumber.test(text)) {
    const number = Number(text)
    const isExact = Number.isInteger(number) ? Number.isSafeInteger(number) : Number.isFinite(number)
    return isExact ? number : text
  }
  return unquoted(text)
}

function unquoted(text: string): string {
  const inner = text.slice(1, -1)
  if (text.length < 2 || text[0] !== text.at(-1)) return text
  if (text[0] === "'") return inner.replaceAll("''", "'")
  if (text[0] !== '"') return text
  try {
    return String(JSON.parse(text))
  } catch {
    return text
  }
}

function resolve(name: string, fallback: Variable | undefined, scope: VariableScope, path: string): Variable {
  const value = lookUp(name, scope) ?? fallback
  if (value === undefined) {
    throw new RoadsteadError(
      'undefined-variable',
      `\${${name}} is not defined for cluster ${scope.cluster.name} (at ${path})`,
    )
  }
  return value
}

function lookUp(name: string, scope: VariableScope): Variable | undefined {
  if (name === 'cluster.name') return scope.cluster.name
  if (name === 'cluster.environment') return scope.cluster.environment
  if (name.startsWith('cluster.labels.'))
    return own(scope.cluster.labels, name.slice('cluster.labels.'.length))
  return own(scope.vars, name.slice('vars.'.length))
}

const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined

function visitStrings(value: Json, path: string, visit: (text: string, path: string) => void): void {
  if (typeof value === 'string') visit(value, path)
  else if (Array.isArray(value))
    value.forEach((item, index) => {
      visitStrings(item, `${path}/${index}`, visit)
    })
  else if (value !== null && typeof value === 'object') {
    for (const [key, member] of Object.entries(value))
      visitStrings(member, `${path}/${pointerSegment(key)}`, visit)
  }
}

/** Escapes a key for an RFC 6901 pointer. */
export const pointerSegment = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')
