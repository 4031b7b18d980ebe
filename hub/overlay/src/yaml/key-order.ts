const letter = /\p{L}/u

/**
 * The order in which the official binary prints the keys of a mapping: by character, digits by their
 * numeric value, letters after everything else.
 */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0
  const left = Array.from(a)
  const right = Array.from(b)
  const shared = Math.min(left.length, right.length)
  for (let index = 0; index < shared; index++) {
    const x = left[index]!
    const y = right[index]!
    if (x === y) continue
    const xLetter = letter.test(x)
    const yLetter = letter.test(y)
    if (xLetter && yLetter) return byCode(x, y)
    if (xLetter || yLetter) return yLetter ? -1 : 1
    return compareAtDigits(left, right, index) || byCode(x, y)
  }
  return left.length - right.length
}

function compareAtDigits(left: readonly string[], right: readonly string[], index: number): number {
  let seed = 0
  if (left[index] === '0' || right[index] === '0') {
    for (let before = index - 1; before >= 0 && isDigit(left[before]); before--) {
      if (left[before] !== '0') {
        seed = 1
        break
      }
    }
  }
  const x = numberFrom(left, index, seed)
  const y = numberFrom(right, index, seed)
  if (x.value !== y.value) return x.value < y.value ? -1 : 1
  return x.end - y.end
}

function numberFrom(
  characters: readonly string[],
  start: number,
  seed: number,
): { value: bigint; end: number } {
  let end = start
  let value = BigInt(seed)
  for (; end < characters.length && isDigit(characters[end]); end++)
    value = value * 10n + BigInt(characters[end]!)
  return { value, end }
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9'
}

function byCode(a: string, b: string): number {
  return a.codePointAt(0)! - b.codePointAt(0)!
}
