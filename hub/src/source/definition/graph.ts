import { compareText } from '../problem.ts'

export interface Ordering<Name extends string> {
  /** Every node after all it points to; alphabetical where that leaves a choice. Without those in cycles. */
  readonly order: readonly Name[]
  /** Each as `[a, b, c]`: a points to b, b to c, c to a; it starts with its alphabetically first node. */
  readonly cycles: readonly (readonly Name[])[]
}

/** Sorts a graph so that what is pointed to comes first. Edges to nodes that do not exist are ignored. */
export function orderGraph<Name extends string>(edges: ReadonlyMap<Name, readonly Name[]>): Ordering<Name> {
  const order: Name[] = []
  const placed = new Set<Name>()
  let waiting = [...edges.keys()].sort(compareText)
  for (;;) {
    const ready = waiting.filter((name) =>
      edges.get(name)!.every((next) => placed.has(next) || !edges.has(next)),
    )
    if (ready.length === 0) break
    for (const name of ready) {
      placed.add(name)
      order.push(name)
    }
    waiting = waiting.filter((name) => !placed.has(name))
  }
  return { order, cycles: cyclesAmong(waiting, edges) }
}

/** What can not be ordered leads into a cycle: follow the edges until a node comes again. */
function cyclesAmong<Name extends string>(
  stuck: readonly Name[],
  edges: ReadonlyMap<Name, readonly Name[]>,
): Name[][] {
  const remaining = new Set(stuck)
  const seen = new Set<Name>()
  const cycles: Name[][] = []
  for (const start of stuck) {
    const path: Name[] = []
    let at: Name | undefined = start
    while (at !== undefined && !seen.has(at)) {
      seen.add(at)
      path.push(at)
      at = edges.get(at)!.find((next) => remaining.has(next))
    }
    const from = at === undefined ? -1 : path.indexOf(at)
    if (from >= 0) cycles.push(fromFirst(path.slice(from)))
  }
  return cycles
}

function fromFirst<Name extends string>(cycle: Name[]): Name[] {
  const first = cycle.indexOf([...cycle].sort(compareText)[0]!)
  return [...cycle.slice(first), ...cycle.slice(0, first)]
}
