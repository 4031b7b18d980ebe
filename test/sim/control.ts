import { type Answer, ok } from './api/answer.ts'
import type { Counters } from './api/counters.ts'
import { noSuchPath } from './api/errors.ts'
import type { ApiRequest } from './api/request.ts'
import type { Fault, FaultMatch, Faults } from './faults.ts'

interface Controlled {
  readonly name: string
  readonly faults: Faults
  readonly counters: Counters
  readonly openWatches: number
  dropWatches(): number
  closeConnections(): number
  compact(): void
}

/**
 * The HTTP way to a cluster's faults, for tests in another process:
 * `GET /sim/counters`, `DELETE /sim/counters`, `POST /sim/faults {match, fault, times}`, `DELETE /sim/faults`,
 * `POST /sim/drop-watches`, `POST /sim/close-connections`, `POST /sim/compact`.
 */
export async function answerControl(cluster: Controlled, request: ApiRequest): Promise<Answer> {
  switch (`${request.method} ${request.path}`) {
    case 'GET /sim/counters':
      return ok({ cluster: cluster.name, openWatches: cluster.openWatches, requests: cluster.counters.all() })
    case 'DELETE /sim/counters':
      cluster.counters.reset()
      return ok({})
    case 'POST /sim/faults': {
      const { match, fault, times } = (await request.body()) as {
        match: FaultMatch
        fault: Fault
        times?: number
      }
      return ok({ id: cluster.faults.inject(match ?? {}, fault, times) }, [], 201)
    }
    case 'DELETE /sim/faults':
      cluster.faults.clear()
      return ok({})
    case 'POST /sim/drop-watches':
      return ok({ dropped: cluster.dropWatches() })
    case 'POST /sim/close-connections':
      setImmediate(() => cluster.closeConnections())
      return ok({})
    case 'POST /sim/compact':
      cluster.compact()
      return ok({})
    default:
      throw noSuchPath()
  }
}
