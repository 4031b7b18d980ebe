import { Option } from 'commander'
import type { Commit } from '../api/resources.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit.ts'
import { commitListText, commitText } from '../output/commit-text.ts'
import { print } from '../output/print.ts'
import type { AddVerb } from '../verb.ts'
import { limitOption } from './limit-option.ts'

const statuses = ['in-force', 'superseded', 'invalid', 'rejected'] satisfies Commit['status'][]

export const addCommits: AddVerb = (program, perform) => {
  program
    .command('commits')
    .description('Commits the hub has seen, or one with all that is wrong in it')
    .argument('[sha]', 'one commit')
    .addOption(new Option('--status <status>', 'in this state').choices(statuses))
    .addOption(limitOption(20))
    .action(perform(commits))
}

async function commits(
  context: Context,
  id: string | undefined,
  { limit, status }: { readonly limit: number; readonly status?: string },
): Promise<ExitCode> {
  const client = context.connect()
  if (id === undefined) {
    const items = await client.list<Commit>('/v1/commits', { status }, limit)
    print(context, { items }, () => commitListText(items, context))
    return exitCodes.ok
  }
  const commit = await client.get<Commit>(`/v1/commits/${encodeURIComponent(id)}`)
  print(context, commit, () => commitText(commit, context))
  return commit.status === 'invalid' || commit.status === 'rejected' ? exitCodes.no : exitCodes.ok
}
