import type { HealthRuleEntry } from '@roadstead/proto'
export const ruleTable: readonly HealthRuleEntry[] = []
