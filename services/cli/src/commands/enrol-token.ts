import type { EnrolmentToken } from '../api/resources.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit.ts'
import { print } from '../output/print.ts'
import { plainLine } from '../output/text.ts'
import { localTime } from '../output/time.ts'
import type { AddVerb } from '../verb.ts'

export const addEnrolToken: AddVerb = (program, perform) => {
  program
    .command('enrol-token')
    .description('A token with which the agent of one cluster may enrol, once')
    .argument('<cluster>', 'the cluster, as clusters/<cluster>.yaml names it')
    .action(perform(enrolToken))
}

/** The token stands alone on standard output, for `$(…)`; it is shown this once and kept nowhere. */
async function enrolToken(context: Context, cluster: string): Promise<ExitCode> {
  const path = `/v1/clusters/${encodeURIComponent(cluster)}/enrolment-tokens`
  const answer = await context.connect().post<EnrolmentToken>(path, {})
  print(context, answer, () => `${plainLine(answer.token)}\n`)
  context.stderr.write(`For one enrolment of ${cluster}, until ${localTime(answer.expiresAt)}.\n`)
  return exitCodes.ok
}
