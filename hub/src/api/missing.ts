import { RoadsteadError } from '@roadstead/proto'

export function missing(what: string, name: string): never {
  throw new RoadsteadError('not-found', `the fleet has no ${what} "${name}"`)
}

/** For a route whose stage this replica does not have. */
export function notHere(what: string): never {
  throw new RoadsteadError('unavailable', `this replica has no ${what}`, { retry: 'retry' })
}
