import { type AppPolicy, policyDefaults } from '@roadstead/proto'
import type { AppFile, FleetFile } from './schemas.ts'

type Policies = Pick<AppFile['spec'], 'drift' | 'prune' | 'health'>
type Defaults = NonNullable<FleetFile['spec']['defaults']>

/**
 * What holds for an app, member by member: its own word, else the fleet's, else the built-in one. Only the
 * fleet's drift-ignore and health rules are added to, not replaced: what is ignored everywhere (an injected
 * sidecar) is also ignored where an app has a rule of its own.
 */
export function mergePolicy(app: Policies, fleet: Defaults = {}): AppPolicy {
  const ignore = [...(fleet.drift?.ignore ?? []), ...(app.drift?.ignore ?? [])]
  // The first rule that fits decides, so the app's come first.
  const rules = [...(app.health?.rules ?? []), ...(fleet.health?.rules ?? [])]
  return {
    drift: {
      ...policyDefaults.drift,
      ...fleet.drift,
      ...app.drift,
      ...(ignore.length > 0 && { ignore }),
    },
    prune: {
      ...policyDefaults.prune,
      ...fleet.prune,
      ...app.prune,
      budget: { ...policyDefaults.prune.budget, ...fleet.prune?.budget, ...app.prune?.budget },
    },
    health: {
      ...policyDefaults.health,
      ...fleet.health,
      ...app.health,
      ...(rules.length > 0 && { rules }),
    },
  }
}
