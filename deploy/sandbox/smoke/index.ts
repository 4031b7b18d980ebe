import type { Ending } from '../ending.ts'
import type { Lock, StatePaths } from '../state/index.ts'

export async function smoke(paths: StatePaths, lock: Lock, ending: Ending): Promise<number> {
  throw new Error('not yet')
}
