import type { AppName, AppReport, ClusterName, DriftReport, Receipt } from '@roadstead/proto'

/** Reports for tests: whole ones, of which a test says what matters to it. */

export const cluster = (name: string): ClusterName => name as ClusterName

const numbered = { boot: 1, seq: 1, at: '2026-01-01T00:00:00.000Z' }

export const receipt = (part: Partial<Receipt>): Receipt => ({
  kind: 'receipt',
  ...numbered,
  generation: 1,
  accepted: true,
  ...part,
})

export const appReport = (part: Partial<Omit<AppReport, 'app'>> & { app?: string }): AppReport => ({
  kind: 'app',
  ...numbered,
  phase: 'applying',
  health: { status: 'Progressing' },
  objects: { total: 3, applied: 3, failed: 0, healthy: 0, drifted: 0, retained: 0 },
  problems: [],
  problemCount: 0,
  ...part,
  app: (part.app ?? 'web') as AppName,
})

export const driftReport = (part: Partial<Omit<DriftReport, 'app'>> & { app?: string }): DriftReport => ({
  kind: 'drift',
  ...numbered,
  object: { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' },
  change: 'modified',
  state: 'open',
  fields: [{ path: '/spec/replicas', desired: '3', live: '5' }],
  fieldCount: 1,
  manager: 'kubectl-edit',
  fight: false,
  detectedAt: '2026-01-01T00:00:00.000Z',
  ...part,
  app: (part.app ?? 'web') as AppName,
})
