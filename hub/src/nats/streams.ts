import {
  AckPolicy,
  type ConsumerConfig,
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream'
import { type NatsConnection, nanos } from '@nats-io/transport-node'
import { limits, reportsConsumer, streams, subjects } from '@roadstead/proto'
import { natsError } from './errors.ts'

export interface StreamOptions {
  /** Copies that a clustered broker keeps of everything. */
  readonly replicas: 1 | 3 | 5
  /** What agents may have waiting for intake, all together; beyond it they keep it themselves. */
  readonly reportsMaxBytes: number
}

const streamDefaults: StreamOptions = { replicas: 1, reportsMaxBytes: 1024 * 1024 * 1024 }

/** Room for headers: ours, and the `Nats-…` ones. */
const headerBytes = 4 * 1024
/** Reports of one cluster that wait for intake. Beyond it that cluster, and it alone, is told to wait. */
const waitingReportsPerCluster = 1_000
const reportsMaxAgeMs = 7 * 24 * 60 * 60 * 1000
/**
 * Intake has this long to commit a batch, or to say that it is at it, before another replica is given it.
 * What a killed replica had taken is shown that much later.
 */
const intakeDeadlineMs = 10_000
const intakeMaxPending = 20_000

/**
 * Makes the broker's streams, or changes them to what they should be. Safe to call at any time and from
 * several replicas; nothing stored is lost by it.
 *
 * @throws RoadsteadError `unavailable` or `timeout`
 */
export async function ensureStreams(nc: NatsConnection, options: Partial<StreamOptions> = {}): Promise<void> {
  const settings = { ...streamDefaults, ...options }
  try {
    const manager = await jetstreamManager(nc, { checkAPI: false })
    for (const config of streamConfigs(settings)) await ensureStream(manager, config)
    await manager.consumers.add(streams.reports, intakeConsumer)
  } catch (error) {
    throw natsError(error, 'making the streams')
  }
}

type NamedConfig = Partial<StreamConfig> & { readonly name: string }

async function ensureStream(manager: JetStreamManager, config: NamedConfig): Promise<void> {
  const exists = await manager.streams.info(config.name).then(
    () => true,
    (error: unknown) => {
      if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return false
      throw error
    },
  )
  if (exists) await manager.streams.update(config.name, config)
  else await manager.streams.add(config)
}

function streamConfigs({ replicas, reportsMaxBytes }: StreamOptions): readonly NamedConfig[] {
  const shared = { storage: StorageType.File, num_replicas: replicas } as const
  return [
    {
      ...shared,
      name: streams.assignments,
      description: 'The newest signed assignment of each cluster, repeated to the cluster as it is stored',
      subjects: [subjects.assignment('*')],
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      max_msgs_per_subject: 1,
      max_msg_size: limits.assignmentBytes + headerBytes,
      allow_direct: true,
      republish: {
        src: `${subjects.assignment('*').slice(0, -1)}>`,
        dest: `${subjects.live('*').slice(0, -1)}>`,
      },
    },
    {
      ...shared,
      name: streams.releases,
      description: 'Releases by digest, in chunks, each written once',
      subjects: [subjects.releaseChunk('*', '*')],
      retention: RetentionPolicy.Limits,
      max_msgs_per_subject: 1,
      max_msg_size: limits.releaseChunkBytes + headerBytes,
      allow_direct: true,
    },
    {
      // A report leaves the stream when it is in PostgreSQL. What does not fit is refused rather than
      // dropped: agents keep what was not acknowledged. The bound is per cluster, so that one that floods
      // fills its own share and nobody else's.
      ...shared,
      name: streams.reports,
      description: 'What agents report, until it is in PostgreSQL',
      subjects: [subjects.report('*')],
      retention: RetentionPolicy.Workqueue,
      discard: DiscardPolicy.New,
      discard_new_per_subject: true,
      max_msgs_per_subject: waitingReportsPerCluster,
      max_bytes: reportsMaxBytes,
      max_age: nanos(reportsMaxAgeMs),
      max_msg_size: limits.reportBytes + headerBytes,
      duplicate_window: nanos(limits.reportDuplicateWindowMs),
    },
  ]
}

const intakeConsumer: Partial<ConsumerConfig> = {
  durable_name: reportsConsumer,
  description: 'Shared by the replicas of the hub',
  ack_policy: AckPolicy.Explicit,
  ack_wait: nanos(intakeDeadlineMs),
  max_ack_pending: intakeMaxPending,
}
