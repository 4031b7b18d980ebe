/**
 * Quantities in canonical form, as apimachinery's resource.Quantity writes them back: `1000m` → `1`,
 * `1.5Gi` → `1536Mi`, `0.5` → `500m`. Returns undefined for text that is no quantity.
 */
export function canonicalQuantity(text: string): string | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?\d+)?$/.exec(text)
  if (!match || (!match[2] && !match[3])) return undefined
  const [, sign, whole = '', fraction = '', suffix = ''] = match
  const negative = sign === '-' ? '-' : ''
  const digits = BigInt(`${whole}${fraction}` || '0')
  if (digits === 0n) return '0'
  const binary = BINARY.indexOf(suffix)
  if (binary > 0) return binaryForm(negative, digits, fraction.length, binary)
  const exponent = /^[eE][+-]?\d+$/.test(suffix)
  const power = exponent ? Number(suffix.slice(1)) : (DECIMAL_POWER[suffix] ?? 0)
  return decimalForm(negative, digits, power - fraction.length, exponent)
}

const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
const DECIMAL_POWER: Record<string, number> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
}
const DECIMAL_SUFFIX = new Map(Object.entries(DECIMAL_POWER).map(([suffix, power]) => [power, suffix]))

function binaryForm(negative: string, digits: bigint, decimals: number, unit: number): string {
  const scaled = digits * 1024n ** BigInt(unit)
  const scale = 10n ** BigInt(decimals)
  // What is smaller than one byte has no binary form: it is written in decimal.
  if (scaled % scale !== 0n) return decimalForm(negative, scaled, -decimals, false)
  let bytes = scaled / scale
  if (bytes < 1024n) return `${negative}${bytes}`
  let suffix = 0
  while (suffix < 6 && bytes % 1024n === 0n) {
    bytes /= 1024n
    suffix++
  }
  return `${negative}${bytes}${BINARY[suffix]}`
}

function decimalForm(negative: string, mantissa: bigint, power: number, exponent: boolean): string {
  let digits = mantissa
  let tens = power
  // Finer than nano is rounded up.
  while (tens < -9) {
    digits = (digits + 9n) / 10n
    tens++
  }
  while (digits % 10n === 0n) {
    digits /= 10n
    tens++
  }
  const unit = Math.min(Math.floor(tens / 3) * 3, 18)
  const shown = `${negative}${digits * 10n ** BigInt(tens - unit)}`
  if (exponent) return unit === 0 ? shown : `${shown}e${unit}`
  return `${shown}${DECIMAL_SUFFIX.get(unit) ?? ''}`
}
