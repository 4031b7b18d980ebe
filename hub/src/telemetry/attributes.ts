/** Attribute names, declared once: the same in spans, in log lines and, where they are bounded, in metrics. */
export const attributes = {
  environment: 'roadstead.environment',
  cluster: 'roadstead.cluster',
  app: 'roadstead.app',
  commit: 'roadstead.commit',
  release: 'roadstead.release',
  generation: 'roadstead.generation',
  count: 'roadstead.count',
  status: 'roadstead.status',
  outcome: 'roadstead.outcome',
  code: 'roadstead.code',
} as const

export type AttributeName = (typeof attributes)[keyof typeof attributes]
export type Attributes = Partial<Record<AttributeName, string | number | boolean>>
