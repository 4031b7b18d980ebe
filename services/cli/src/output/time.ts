const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** How long ago, in the one unit that matters: `12s`, `4m`, `3h`, `9d`. A clock that is ahead gives `0s`. */
export function age(time: string | null | undefined, nowMs: number): string | undefined {
  if (time === undefined || time === null) return undefined
  const ms = nowMs - Date.parse(time)
  return Number.isNaN(ms) ? undefined : duration(Math.max(0, ms))
}

export function duration(ms: number): string {
  if (ms < minuteMs) return `${Math.floor(ms / secondMs)}s`
  if (ms < hourMs) return `${Math.floor(ms / minuteMs)}m`
  if (ms < 2 * dayMs) return `${Math.floor(ms / hourMs)}h`
  return `${Math.floor(ms / dayMs)}d`
}

/** Local date and time to the second, the same width always. */
export function localTime(time: string): string {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return time
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/**
 * `90s`, `10m`, `1h30m` in milliseconds; a bare number is seconds.
 * @returns undefined for anything else
 */
export function parseDuration(text: string): number | undefined {
  if (/^\d{1,7}$/.test(text)) return Number(text) * secondMs
  const match = /^(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,7})s)?$/.exec(text)
  if (match === null || text === '') return undefined
  const [, hours = '0', minutes = '0', seconds = '0'] = match
  return Number(hours) * hourMs + Number(minutes) * minuteMs + Number(seconds) * secondMs
}
