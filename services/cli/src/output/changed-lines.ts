export interface ChangedLine {
  readonly mark: '-' | '+' | ' '
  readonly text: string
}

/** Above this many pairs of lines two texts are not compared line by line: they are shown one after the other. */
const comparedPairs = 1_000_000
const contextLines = 1

/** The lines that differ between two texts, each with its neighbours; `…` stands for what is left out. */
export function changedLines(from: string, to: string): ChangedLine[] {
  const [before, after] = [linesOf(from), linesOf(to)]
  if (before.length * after.length > comparedPairs) {
    return [...before.map((text) => marked('-', text)), ...after.map((text) => marked('+', text))]
  }
  return withoutTheSame(align(before, after))
}

const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n')

const marked = (mark: ChangedLine['mark'], text: string): ChangedLine => ({ mark, text })

/** Both texts in one, by a longest common subsequence of their lines. */
function align(before: readonly string[], after: readonly string[]): ChangedLine[] {
  const common = commonLengths(before, after)
  const result: ChangedLine[] = []
  let [i, j] = [0, 0]
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      result.push(marked(' ', before[i]!))
      i += 1
      j += 1
    } else if (i < before.length && (j === after.length || common[i + 1]![j]! >= common[i]![j + 1]!)) {
      result.push(marked('-', before[i]!))
      i += 1
    } else {
      result.push(marked('+', after[j]!))
      j += 1
    }
  }
  return result
}

/** At [i][j], how many lines the rest of one from i on has in common, in order, with that of the other from j on. */
function commonLengths(before: readonly string[], after: readonly string[]): Uint32Array[] {
  const rows = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1))
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      rows[i]![j] =
        before[i] === after[j] ? rows[i + 1]![j + 1]! + 1 : Math.max(rows[i + 1]![j]!, rows[i]![j + 1]!)
    }
  }
  return rows
}

function withoutTheSame(lines: readonly ChangedLine[]): ChangedLine[] {
  const isNear = (index: number) =>
    lines.slice(Math.max(0, index - contextLines), index + contextLines + 1).some(({ mark }) => mark !== ' ')
  const result: ChangedLine[] = []
  for (const [index, line] of lines.entries()) {
    if (isNear(index)) result.push(line)
    else if (result.at(-1)?.text !== '…') result.push(marked(' ', '…'))
  }
  return result
}
