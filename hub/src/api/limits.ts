/** Limits of what the HTTP server takes and holds. */
export const limits = {
  /** A request's body; Git has its own limit. */
  bodyBytes: 64 * 1024,
  urlParameterChars: 200,
  cursorChars: 1_000,
  labelSelectorChars: 2_000,
  fieldPathChars: 1_000,
  /** Items of a page: without a wish, and at most. */
  pageItems: 100,
  pageItemsMax: 1_000,
  /** For a whole request to arrive; a push may be large. */
  requestMs: 300_000,
  headersMs: 10_000,
  keepAliveMs: 75_000,

  readinessMs: 2_000,

  eventStreams: 250,
  eventsPerRead: 500,
  /** What is gathered before it is written to a stream. */
  eventsWriteChars: 64 * 1024,
  /** The newest events, kept once for all streams. */
  eventsKept: 5_000,
  /** Between two looks for new events while there are many, */
  eventsGapMs: 25,
  /** while some can not be read yet, for an older transaction is in flight, */
  eventsRetryMs: 50,
  /** and while nobody calls. */
  eventsPollMs: 2_000,
  eventsKeepAliveMs: 15_000,
  /** A reader who takes nothing for this long is cut off; it resumes where it was. */
  eventsStalledMs: 10_000,

  /** Enrolments from one address: so many at once, and so many a second after that. */
  enrolmentBurst: 60,
  enrolmentsPerSecond: 2,
  enrolmentAddresses: 10_000,
} as const
