/** Kubernetes label selectors: `app=web, tier in (a,b), !legacy, generation > 3`. */
export type LabelMatcher = (labels: ReadonlyMap<string, string>) => boolean

type Requirement = (labels: ReadonlyMap<string, string>) => boolean

/** Throws a plain Error that says what is wrong with the expression. */
export function compileSelector(source: string): LabelMatcher {
  const reader = new Reader(source)
  const requirements: Requirement[] = []
  if (reader.peek() !== '') {
    requirements.push(requirement(reader))
    while (reader.peek() === ',') {
      reader.next()
      requirements.push(requirement(reader))
    }
    if (reader.peek() !== '') throw new Error(`unexpected "${reader.peek()}"`)
  }
  return (labels) => requirements.every((holds) => holds(labels))
}

function requirement(reader: Reader): Requirement {
  const isNegated = reader.peek() === '!'
  if (isNegated) reader.next()
  const key = reader.word('a label key')
  checkKey(key)
  if (isNegated) return (labels) => !labels.has(key)
  const operator = reader.peek()
  if (operator === '' || operator === ',') return (labels) => labels.has(key)
  reader.next()
  if (operator === 'in' || operator === 'notin') return membership(key, operator, valueList(reader))
  const value = reader.value()
  if (operator === '=' || operator === '==') return equality(key, checked(value), true)
  if (operator === '!=') return equality(key, checked(value), false)
  if (operator === '>' || operator === '<') return comparison(key, operator, value)
  throw new Error(`unexpected "${operator}"`)
}

function equality(key: string, value: string, isWanted: boolean): Requirement {
  return isWanted ? (labels) => labels.get(key) === value : (labels) => labels.get(key) !== value
}

function membership(key: string, operator: string, values: ReadonlySet<string>): Requirement {
  if (operator === 'in') return (labels) => labels.has(key) && values.has(labels.get(key)!)
  return (labels) => !labels.has(key) || !values.has(labels.get(key)!)
}

function comparison(key: string, operator: string, bound: string): Requirement {
  if (!/^[-+]?\d+$/.test(bound)) throw new Error(`"${bound}" is not an integer`)
  const limit = BigInt(bound)
  return (labels) => {
    const value = labels.get(key)
    if (value === undefined || !/^-?\d+$/.test(value)) return false
    return operator === '>' ? BigInt(value) > limit : BigInt(value) < limit
  }
}

function valueList(reader: Reader): Set<string> {
  if (reader.next() !== '(') throw new Error('expected "("')
  const values = new Set<string>()
  for (;;) {
    const token = reader.peek()
    if (token === ',' || token === ')') values.add('')
    else values.add(checked(reader.word('a value')))
    const separator = reader.next()
    if (separator === ')') return values
    if (separator !== ',') throw new Error('expected "," or ")"')
  }
}

const name = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const domain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

function checkKey(key: string): void {
  const slash = key.indexOf('/')
  const prefix = slash < 0 ? undefined : key.slice(0, slash)
  const isValid =
    name.test(key.slice(slash + 1)) && (prefix === undefined || (prefix.length <= 253 && domain.test(prefix)))
  if (!isValid) throw new Error(`"${key}" is not a valid label key`)
}

function checked(value: string): string {
  if (value !== '' && !name.test(value)) throw new Error(`"${value}" is not a valid label value`)
  return value
}

class Reader {
  readonly #tokens: string[]
  #position = 0

  constructor(source: string) {
    this.#tokens = source.match(/==|!=|[=!<>(),]|[^\s=!<>(),]+/g) ?? []
  }

  peek(): string {
    return this.#tokens[this.#position] ?? ''
  }

  next(): string {
    return this.#tokens[this.#position++] ?? ''
  }

  word(what: string): string {
    const token = this.next()
    if (token === '' || /^[=!<>(),]/.test(token))
      throw new Error(`expected ${what}${token === '' ? '' : `, found "${token}"`}`)
    return token
  }

  /** A value after an operator may be left out: `app=` selects the empty value. */
  value(): string {
    const token = this.peek()
    return token === '' || token === ',' ? '' : this.word('a value')
  }
}
