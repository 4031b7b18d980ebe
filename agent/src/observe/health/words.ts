import type { HealthStatus } from '@roadstead/proto'

/**
 * The vocabulary in which controllers speak of how things are: in phases, states, reasons and the names of
 * conditions. Word by word, so that `ImagePullBackOff`, `image-pull-failed` and `Image pull error` are read alike.
 */

/** `LastSyncFailed`, `last-sync_failed` → `last sync failed`. */
export const wordsOf = (text: string): string =>
  text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .replace(/[^A-Za-z0-9%']+/g, ' ')
    .trim()
    .toLowerCase()

const words = (...list: readonly string[]): RegExp => new RegExp(`\\b(${list.join('|')})\\b`)

/** Trouble that is denied is no trouble. */
const denied =
  /\b(no|zero|without|0) (errors?|failures?|conflicts?|issues?|problems?|violations?|warnings?)\b|\b(failed|errors?|failures?) 0\b/g

const trouble = words(
  'fail(s|ed|ure|ures|ing)?|error(s|ed)?|errored|exceptions?|fault(s|y|ed)?|fatal|panic|broken|corrupt(ed|ion)?',
  'degraded|unhealthy|impaired|inconsistent|incompatible|mismatch(ed)?|conflict(s|ed|ing)?|violations?|warn(ing)?s?|non ?compliant',
  'invalid|illegal|malformed|misconfigured|misconfiguration|unsupported|unresolved|unrecoverable|undeployable',
  'lost|crash(ed|ing)?|crash loop|crashloop|back ?off|roll ?back|rolled back|abort(ed)?|killed|evicted|oom|cancel(l?ed)?|interrupted|preempted',
  'reject(ed|ion)?|denied|refused|forbidden|unauthori[sz]ed|revoked|expired|not (permitted|allowed|supported|valid|accepted|healthy|found)',
  'unreachable|unavailable|inaccessible|offline|disconnected|time ?out|timed out|deadline|exceed(ed|s)?|exhausted',
  'stalled|blocked|stuck|deadlock(ed)?|unschedulable|insufficient|missing|no longer|terminated unexpectedly',
  "cannot|can ?not|can't|could not|couldn't|couldnt|unable|does ?n[o']t (match|exist|have)|does not (match|exist|have)|did not|already exists|different versions|unexpected(ly)?",
  'red|critical|bad|outdated|orphaned|dead|defunct|not connected|unknown host|no such|no matching|no controller',
)
const parked = words(
  'suspend(ed)?|paus(e|ed)|stopp(ed)?|hibernat(e|ed|ion)|disabled|halted|parked|on hold|shut ?off|shut ?down|powered ?off|sleeping|deactivated',
)
/** Names of steps that do not end in "-ing". */
const underWay = words(
  'progress|pending|wait|awaiting|queued|not yet|scheduled|submitted|requested|in flight|transition|rollout|retry|retries|init|yellow|started',
  'import (in progress|scheduled)|apply|applying changes',
)
/** "-ing" is a way, not an end, except for these, which last. */
const lasting =
  /\b(running|serving|listening|working|streaming|missing|existing|string|ping|remaining|polling|routing)\b/g
const anyIng = /\b[a-z]{3,}ing\b/
const wellSaid = words(
  'ready|running|active|available|bound|succe(ss|ed|eded|ssful|ssfully)|complet(e|ed|ion)|healthy|deployed|established|online|connected',
  'synced|synchroni[sz]ed|in sync|up to date|ok|okay|provisioned|installed|enabled|created|attached|valid(ated)?|finished|normal|exists|green',
  'accepted|done|reconciled|applied|in use|operational|up|merged|open|live|stable|good|passed|alive|started|listening|serving|working|streaming',
  'issued|registered|initiali[sz]ed|programmed|configured|updated|published|approved|resolved|joined|verified|admitted|processed|loaded|allocated|closed|satisfied|elected|posted|compliant|offered',
)
const negated = /\b(not|un|isn't|never) (yet |been |fully )?[a-z]+\b/

/**
 * What a word or a few say of how things are; `undefined` where they say nothing known. `NotReady` is such a
 * case: it tells that things are not well, but not whether they will be.
 */
export function judgeWords(text: string): HealthStatus | undefined {
  const said = wordsOf(text).replace(denied, 'ok')
  if (/^(unknown|unspecified|undefined)( state| status)?$/.test(said)) return 'Unknown'
  if (/^(not found|missing|deleted|absent)$/.test(said)) return 'Missing'
  if (/^(is )?down$/.test(said)) return 'Degraded'
  if (/^(waiting|wait|awaiting|pending)\b/.test(said)) return 'Progressing'
  if (trouble.test(said)) return 'Degraded'
  if (parked.test(said)) return 'Suspended'
  if (isUnderWay(said)) return 'Progressing'
  return wellSaid.test(said) && !negated.test(said) ? 'Healthy' : undefined
}

const isUnderWay = (said: string): boolean => underWay.test(said) || anyIng.test(said.replace(lasting, ''))

/**
 * Which way a condition's name points: whether True is well (`good`), trouble (`bad`), a passing state
 * (`passing`), or a stop that somebody asked for (`stopped`). `silent` names say nothing about health.
 */
export type Polarity = 'good' | 'bad' | 'passing' | 'stopped' | 'silent'

const silentNames = words(
  'upgradeable|upgradable|deprecated|leader elected|ignored|idle|fallback|evaluation|scaling limited|drift(ed)?|warn(ing)?s?|autoscaled|scaled to zero|experimental|unmanaged',
)
const badNames = words(
  'non structural schema|unready|not ready|terminal|overlapp?(ed|ing)?|pressure|recoverable',
)

export function polarityOf(type: string): Polarity {
  // The domain of `platform.confluent.io/statefulset-available` is no word about the object.
  const name = wordsOf(type.slice(type.lastIndexOf('/') + 1)).replace(denied, 'ok')
  if (silentNames.test(name)) return 'silent'
  if (badNames.test(name) || trouble.test(name)) return 'bad'
  if (parked.test(name)) return 'stopped'
  if (lastWordIsGood(name)) return 'good'
  if (isUnderWay(name)) return 'passing'
  return wellSaid.test(name) || /\b(running|refs|ready)\b/.test(name) ? 'good' : 'silent'
}

const lastWordIsGood = (name: string): boolean => {
  const last = name.slice(name.lastIndexOf(' ') + 1)
  return (
    wellSaid.test(last) || (/ed$/.test(last) && !/^(need|speed|feed)$/.test(last)) || last === 'scheduled'
  )
}
