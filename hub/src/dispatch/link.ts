import type { NatsConnection } from '@nats-io/transport-node'
import { RoadsteadError } from '@roadstead/proto'

/**
 * Follows a connection. What is under way when it breaks is neither repeated nor failed by nats.js, it
 * only times out at length; `guard` fails it at once.
 */
export interface Link {
  readonly connection: NatsConnection
  /** @throws RoadsteadError `unavailable` when the connection is, or gets, lost */
  guard<T>(work: Promise<T>): Promise<T>
}

/** @param onBack called after each reconnection: the broker may have come back without its disk */
export function followLink(connection: NatsConnection, onBack: () => void): Link {
  const underWay = new Set<(error: RoadsteadError) => void>()
  let connected = true

  const follow = async () => {
    for await (const { type } of connection.status()) {
      if (type === 'disconnect' || type === 'close') {
        connected = false
        for (const fail of underWay) fail(lost())
      }
      if (type === 'reconnect') {
        connected = true
        onBack()
      }
    }
  }
  void follow()

  return {
    connection,
    guard: (work) =>
      new Promise((resolve, reject) => {
        underWay.add(reject)
        work.then(resolve, reject).finally(() => underWay.delete(reject))
        if (!connected) reject(lost())
      }),
  }
}

const lost = () => new RoadsteadError('unavailable', 'the broker does not answer', { retry: 'retry' })
