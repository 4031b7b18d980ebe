/** Where an event stands in the order of commits: its transaction, then its number. */
export interface EventPosition {
  readonly xid: bigint
  readonly id: number
}

export const eventId = ({ xid, id }: EventPosition): string => `${xid}-${id}`

/** The position that an event's id names; undefined for what is none. */
export function parseEventId(text: string): EventPosition | undefined {
  const [, xid, id] = /^(\d{1,19})-(\d{1,15})$/.exec(text) ?? []
  return xid === undefined || id === undefined ? undefined : { xid: BigInt(xid), id: Number(id) }
}

export const comparePositions = (a: EventPosition, b: EventPosition): number =>
  a.xid === b.xid ? a.id - b.id : a.xid < b.xid ? -1 : 1
