import type { Drift } from '@roadstead/hub/readmodel'
import { until } from '@roadstead/test/harness'
import type { Api } from '../api/index.ts'

const DEADLINE_MS = 15_000

/** The record of a drift that was corrected, once the hub has it: of this object, made by this manager. */
export function correctedDrift(
  api: Api,
  cluster: string,
  matches: (drift: Drift) => boolean,
): Promise<Drift> {
  return until(
    async () => {
      const drifts = await api.list<Drift>('/v1/drift', { cluster, state: 'corrected' })
      return drifts.find(matches)
    },
    { deadlineMs: DEADLINE_MS, everyMs: 50, message: `the hub has the corrected drift on ${cluster}` },
  )
}
