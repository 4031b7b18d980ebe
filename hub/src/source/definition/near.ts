/** Is one a slip of the other: at most two letters added, missing or different, and fewer in a short name? */
export function isNear(a: string, b: string): boolean {
  return distance(a, b) <= Math.min(2, Math.floor(b.length / 3))
}

/** The candidates a reader may have meant, the likeliest first: slips, and what contains what was written. */
export function nearest(wanted: string, candidates: Iterable<string>, count = 3): string[] {
  const lower = wanted.toLowerCase()
  return [...candidates]
    .map((name) => ({ name, score: scoreOf(lower, name.toLowerCase()) }))
    .filter(({ score }) => score < Number.POSITIVE_INFINITY)
    .sort((a, b) => a.score - b.score)
    .slice(0, count)
    .map(({ name }) => name)
}

/** What is named is a slip of the pen, a part of the whole, or something else altogether. */
function scoreOf(wanted: string, name: string): number {
  const letters = distance(wanted, name)
  if (letters <= Math.max(2, Math.floor(name.length / 3))) return letters
  return wanted.length >= 3 && (name.includes(wanted) || wanted.includes(name))
    ? letters
    : Number.POSITIVE_INFINITY
}

const comparedChars = 200

/** Letters to add, take away or change (Levenshtein). */
function distance(a: string, b: string): number {
  const [left, right] = [a.slice(0, comparedChars), b.slice(0, comparedChars)]
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let i = 1; i <= left.length; i++) {
    const next = [i]
    for (let j = 1; j <= right.length; j++) {
      const changed = row[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1)
      next.push(Math.min(changed, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[right.length]!
}
