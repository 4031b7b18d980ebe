import type { Commit } from '../api/resources.ts'
import type { Context } from '../context.ts'
import { facts } from './facts.ts'
import { sourceProblemText } from './problems.ts'
import { stateCell } from './state.ts'
import { table } from './table.ts'
import { age, localTime } from './time.ts'
import { shortCommit } from './words.ts'

type Look = Pick<Context, 'colors' | 'width' | 'clock'>

export function commitListText(commits: readonly Commit[], look: Look): string {
  if (commits.length === 0) return 'No commits.\n'
  const rows = commits.map((commit) => ({
    cells: [
      shortCommit(commit.id),
      stateCell(commit.status, look.colors),
      age(commit.receivedAt, look.clock.now()),
      commit.author.name,
      subject(commit),
    ],
  }))
  return table(
    [
      { title: 'COMMIT' },
      { title: 'STATUS' },
      { title: 'AGE', align: 'right' },
      { title: 'AUTHOR', shrinks: true },
      { title: 'SUBJECT', shrinks: true },
    ],
    rows,
    look,
  )
}

export function commitText(commit: Commit, look: Look): string {
  const head = facts(
    [
      ['commit', { text: commit.id, paint: look.colors.bold }],
      ['status', stateCell(commit.status, look.colors)],
      ['author', `${commit.author.name} <${commit.author.email}>`],
      ['authored', localTime(commit.authoredAt)],
      ['received', localTime(commit.receivedAt)],
      ['subject', subject(commit)],
    ],
    look.colors,
  )
  if (commit.problems.length === 0) return head
  return `${head}\n${commit.problems.map((problem) => `${sourceProblemText(problem)}\n`).join('')}`
}

const subject = ({ message }: Commit): string => message.split('\n', 1)[0] ?? ''
