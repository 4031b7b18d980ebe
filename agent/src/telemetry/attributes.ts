/** Attribute names, declared once: the same in spans and log lines, and the same as the hub's. */
export const attributes = {
  cluster: 'roadstead.cluster',
  app: 'roadstead.app',
  generation: 'roadstead.generation',
  code: 'roadstead.code',
} as const
