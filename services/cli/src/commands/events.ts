import { followEvents } from '../api/follow-events.ts'
import type { FleetEvent } from '../api/resources.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit.ts'
import { eventText } from '../output/event-text.ts'
import { print, printNext } from '../output/print.ts'
import type { AddVerb } from '../verb.ts'
import { limitOption } from './limit-option.ts'

interface EventsOptions {
  readonly follow?: true
  readonly environment?: string
  readonly cluster?: string
  readonly app?: string
  readonly type?: string
  readonly limit: number
}

export const addEvents: AddVerb = (program, perform) => {
  program
    .command('events')
    .description('What happened, the latest last')
    .option('-f, --follow', 'keep on printing what happens from now on, until Ctrl-C')
    .option('-e, --environment <name>', 'in this environment')
    .option('-c, --cluster <name>', 'on this cluster')
    .option('-a, --app <name>', 'of this app')
    .option('--type <type>', 'of this type: app.healthy, cluster.*')
    .addOption(limitOption(50))
    .action(perform(events))
}

async function events(context: Context, { follow, limit, ...filters }: EventsOptions): Promise<ExitCode> {
  const client = context.connect()
  if (!follow) {
    const latestFirst = await client.list<FleetEvent>('/v1/events', filters, limit)
    const items = latestFirst.toReversed()
    print(
      context,
      { items },
      () => items.map((event) => eventText(event, context)).join('') || 'No events.\n',
    )
    return exitCodes.ok
  }
  const stream = followEvents(client, {
    path: '/v1/events',
    query: filters,
    signal: context.signal,
    onBreak: (reason, waitMs) => context.stderr.write(`${reason}; trying again in ${waitMs / 1_000} s\n`),
  })
  for await (const { data } of stream) {
    const event = JSON.parse(data) as FleetEvent
    printNext(context, event, () => eventText(event, context))
  }
  return exitCodes.ok
}
