import { Option } from 'commander'
import type { Drift } from '../api/resources.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit.ts'
import { driftText } from '../output/drift-text.ts'
import { print } from '../output/print.ts'
import type { AddVerb } from '../verb.ts'
import { limitOption } from './limit-option.ts'

interface DriftOptions {
  readonly environment?: string
  readonly cluster?: string
  readonly app?: string
  readonly kind?: string
  readonly fight?: true
  readonly state: 'open' | 'corrected' | 'resolved' | 'all'
  readonly exitCode?: true
  readonly limit: number
}

export const addDrift: AddVerb = (program, perform) => {
  program
    .command('drift')
    .description('Objects that differ from Git, in which fields, and who changed them')
    .option('-e, --environment <name>', 'in this environment')
    .option('-c, --cluster <name>', 'on this cluster')
    .option('-a, --app <name>', 'of this app')
    .option('-k, --kind <kind>', 'of this Kubernetes kind')
    .option('--fight', 'that somebody keeps changing against the fleet')
    .addOption(
      new Option('--state <state>', 'those that differ now, or differed once')
        .choices(['open', 'corrected', 'resolved', 'all'])
        .default('open'),
    )
    .option('--exit-code', 'exit with 1 when there is any')
    .addOption(limitOption(100))
    .action(perform(drift))
}

async function drift(context: Context, options: DriftOptions): Promise<ExitCode> {
  const { state, exitCode, limit, ...filters } = options
  const query = { ...filters, state: state === 'all' ? undefined : state }
  const items = await context.connect().list<Drift>('/v1/drift', query, limit)
  print(context, { items }, () => driftText(items, context))
  return exitCode && items.length > 0 ? exitCodes.no : exitCodes.ok
}
