import type { CommitId } from '@roadstead/proto'
import { type FleetProblem, placeText, type SaidOnce, saidOnce } from './problem.ts'

/** How many problems a push prints; all that are kept are in the API. */
const shownProblems = 20

/** What somebody who pushed an unusable commit reads, as `remote: …` lines. */
export function rejectionText(
  commit: CommitId,
  problems: readonly FleetProblem[],
  inForce?: CommitId,
): string {
  const said = saidOnce(problems)
  const shown = said.slice(0, shownProblems)
  const more = said.length - shown.length
  const count = said.length === 1 ? 'one problem' : `${said.length} problems`
  return [
    '',
    `Rejected ${short(commit)}: ${count}`,
    '',
    ...shown.flatMap(problemLines),
    ...(more > 0 ? [`… and ${more} more`, ''] : []),
    inForce === undefined
      ? 'Nothing was changed on any cluster. Correct this, commit again, and push.'
      : `Nothing was changed on any cluster: ${short(inForce)} stays in force. Correct this, commit again, and push.`,
    '',
  ].join('\n')
}

export const acceptanceText = (commit: CommitId, summary: string): string =>
  `Accepted ${short(commit)}: ${printable(summary)}`

function problemLines({ problem, environments }: SaidOnce): string[] {
  const place = placeText(problem)
  const where = place === '' ? 'the repository' : place
  const codes = [problem.code, ...(environments.length > 0 ? [`in ${environments.join(', ')}`] : [])].join(
    ', ',
  )
  return [`  ${printable(where)}`, `      ${printable(problem.message)} [${codes}]`, '']
}

export const short = (commit: string): string => commit.slice(0, 10)

/** Text from a repository goes to somebody's terminal: without control characters. */
const printable = (text: string): string => text.replaceAll(/\p{Cc}/gu, ' ')
