/** RFC 3339 in UTC, as everywhere outside the database. */
export const isoOrNull = (time: Date | null): string | null => time?.toISOString() ?? null
