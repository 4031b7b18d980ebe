/** What one explanation may say, and cost. */
export const explainLimits = {
  /** Fields below the one that was asked for. */
  fields: 200,
  /** Places that wrote one field, one after the other. */
  writers: 20,
  /** Clusters named for one variable. */
  clusters: 20,
  /** Characters of a line of a file, and of a value in an error. */
  lineChars: 200,
  /** Explanations under way in one process. */
  atOnce: 4,
} as const
