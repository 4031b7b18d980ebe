import { CUSTOM, DEFINITION, STEPS, type Step } from './requests/index.ts'

/** An answer with what differs from run to run taken out. */
export interface Played {
  readonly code: number
  readonly body: unknown
  readonly warnings?: readonly string[]
}

export type Send = (step: Step) => Promise<{ code: number; body: unknown; warning: string | null }>

/** Plays every step against a server; the answers by step name. */
export async function play(send: Send): Promise<Record<string, Played>> {
  const answers: Record<string, Played> = {}
  const run = async (step: Step) => {
    const { code, body, warning } = await send(step)
    answers[step.name] = { code, body: normalise(body), ...(warning ? { warnings: [warning] } : {}) }
  }
  for (const step of STEPS) await run(step)
  await run(DEFINITION)
  await established(send)
  for (const step of CUSTOM) await run(step)
  return answers
}

const ESTABLISH_DEADLINE_MS = 10_000

async function established(send: Send): Promise<void> {
  const deadline = Date.now() + ESTABLISH_DEADLINE_MS
  const path = '/apis/conformance.example.com/v1/namespaces/conformance/widgets'
  while ((await send({ name: 'ready', method: 'GET', path })).code !== 200) {
    if (Date.now() > deadline) throw new Error('the definition was not established')
    await new Promise((done) => setTimeout(done, 50))
  }
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const VOLATILE = new Set([
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'deletionTimestamp',
  'time',
  'lastTransitionTime',
])

function normalise(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(UUID, '<uuid>').replace(/\b10\.96\.\d+\.\d+\b/g, '<ip>')
  if (Array.isArray(value)) return value.map(normalise)
  if (typeof value !== 'object' || value === null) return value
  const out: Record<string, unknown> = {}
  for (const [key, child] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (key === 'description') continue
    if (VOLATILE.has(key) && child !== null) out[key] = `<${key}>`
    else if (key === 'cells' && Array.isArray(child))
      out[key] = child.map((cell) => (/^\d+[smh]/.test(String(cell)) ? '<age>' : cell))
    else if (key === 'managedFields' && Array.isArray(child)) out[key] = normalise(child.toSorted(byWriter))
    else out[key] = normalise(child)
  }
  return out
}

/** Entries written in the same second come in any order. */
function byWriter(a: Record<string, unknown>, b: Record<string, unknown>): number {
  const key = (one: Record<string, unknown>) => `${one.operation} ${one.manager} ${one.subresource ?? ''}`
  return key(a) < key(b) ? -1 : 1
}

/** Sends steps over fetch. */
export function sender(url: string, token: string): Send {
  return async ({ method, path, body, type, accept }) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: accept ?? 'application/json',
        'user-agent': 'conformance/1',
        ...(body === undefined ? {} : { 'content-type': type ?? 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    let parsed: unknown = text
    try {
      parsed = JSON.parse(text)
    } catch {
      // Some refusals are plain text.
    }
    return { code: response.status, body: parsed, warning: response.headers.get('warning') }
  }
}
