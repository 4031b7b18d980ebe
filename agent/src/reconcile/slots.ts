/** Lets at most `size` pieces of work run at a time; the others wait in the order they came. */
export interface Slots {
  run<T>(work: () => Promise<T>): Promise<T>
}

export function createSlots(size: number): Slots {
  const queue: (() => void)[] = []
  let free = size

  return {
    async run(work) {
      if (free === 0) await new Promise<void>((resolve) => queue.push(resolve))
      else free -= 1
      try {
        return await work()
      } finally {
        const next = queue.shift()
        if (next) next()
        else free += 1
      }
    },
  }
}
