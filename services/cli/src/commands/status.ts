import { InvalidArgumentError, Option } from 'commander'
import type { FleetHealth } from '../api/resources.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit.ts'
import { print } from '../output/print.ts'
import { parseDuration } from '../output/time.ts'
import { isSettled } from '../status/settled.ts'
import { statusText } from '../status/status-text.ts'
import { waitUntilSettled } from '../status/wait.ts'
import type { AddVerb } from '../verb.ts'

interface StatusOptions {
  readonly wait?: true
  readonly timeout: number
  readonly commit?: string
}

const defaultTimeoutMs = 10 * 60_000

export const addStatus: AddVerb = (program, perform) => {
  program
    .command('status')
    .description('How the whole fleet is: healthy, and on the head commit?')
    .option('--wait', 'until every cluster is healthy on the head commit, with live progress')
    .addOption(
      new Option(
        '--commit <sha>',
        'as --wait, once the hub has seen this commit: right after a push',
      ).implies({ wait: true }),
    )
    .addOption(
      new Option('--timeout <duration>', 'give up waiting after this long: 90s, 10m, 1h')
        .argParser(duration)
        .default(defaultTimeoutMs, '10m'),
    )
    .action(perform(status))
}

async function status(context: Context, options: StatusOptions): Promise<ExitCode> {
  const client = context.connect()
  const health = options.wait
    ? await waitUntilSettled(client, context, { timeoutMs: options.timeout, commit: options.commit })
    : await client.get<FleetHealth>('/v1/fleet/health')
  print(context, health, () => statusText(health, context))
  return isSettled(health) ? exitCodes.ok : exitCodes.no
}

function duration(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined) throw new InvalidArgumentError('Write it like 90s, 10m or 1h30m.')
  return ms
}
