/** What a request looks like to a fault's predicate. */
export interface RequestInfo {
  readonly method: string
  readonly path: string
  /** get, list, watch, create, update, patch, apply, delete or deletecollection. */
  readonly verb: string
  /** `deployments.apps`, `deployments.apps/status`, or the path for what is not a resource. */
  readonly resource: string
  readonly namespace: string
  readonly name: string
}

export type Fault =
  /** Answers with this status instead of handling the request; 429 and 503 carry Retry-After. */
  | {
      readonly kind: 'status'
      readonly code: number
      readonly retryAfterSeconds?: number
      readonly message?: string
    }
  /** Handles the request, sends half of the answer and closes the connection. */
  | { readonly kind: 'half-body' }
  /** Handles the request and closes the connection without an answer: was it done, or not? */
  | { readonly kind: 'lost-answer' }
  /** Never answers. */
  | { readonly kind: 'hang' }
  /** Answers after a while. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Closes the connection at once, without handling the request. */
  | { readonly kind: 'reset' }

/** Which requests a fault hits; a field that is left out matches anything. */
export interface FaultMatch {
  readonly method?: string
  readonly verb?: string
  readonly resource?: string
  readonly namespace?: string
  readonly name?: string
  readonly pathPrefix?: string
}

interface Armed {
  readonly id: number
  readonly matches: (request: RequestInfo) => boolean
  readonly fault: Fault
  left: number
}

/** Faults to be injected into requests; the first armed one that matches is used. */
export class Faults {
  #armed: Armed[] = []
  #next = 1

  /** Arms a fault for the next `times` matching requests (default: until it is cleared); returns its id. */
  inject(
    match: FaultMatch | ((request: RequestInfo) => boolean),
    fault: Fault,
    times = Number.POSITIVE_INFINITY,
  ): number {
    const matches = typeof match === 'function' ? match : (request: RequestInfo) => fits(match, request)
    const id = this.#next++
    this.#armed.push({ id, matches, fault, left: times })
    return id
  }

  /** Disarms one fault, or all of them. */
  clear(id?: number): void {
    this.#armed = id === undefined ? [] : this.#armed.filter((one) => one.id !== id)
  }

  /** Takes the fault for a request, if there is one. */
  take(request: RequestInfo): Fault | undefined {
    const armed = this.#armed.find((one) => one.matches(request))
    if (!armed) return undefined
    armed.left--
    if (armed.left <= 0) this.clear(armed.id)
    return armed.fault
  }
}

function fits(match: FaultMatch, request: RequestInfo): boolean {
  const { pathPrefix, ...fields } = match
  if (pathPrefix !== undefined && !request.path.startsWith(pathPrefix)) return false
  return Object.entries(fields).every(([key, value]) => request[key as keyof RequestInfo] === value)
}
