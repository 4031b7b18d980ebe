/** Shows how far the start has come: drawn over itself on a terminal, a line per change elsewhere. */
import type { FleetHealth } from '@roadstead/hub/readmodel'
import { createLogUpdate } from 'log-update'
import colors from 'picocolors'
import { environmentLines, frame, type Step, seconds } from './frame.ts'

export interface Display {
  /** Runs one step of the start; a note that it returns is shown beside it. */
  step<T>(name: string, work: (note: (text: string) => void) => Promise<T>): Promise<T>
  health(health: FleetHealth): void
  /** A line that stays. */
  say(line: string): void
  /** Leaves what is drawn as it is. */
  close(): void
}

const REDRAW_MS = 100
const COLUMNS = 80

/** @param names the steps to come, so that they can be shown as waiting */
export function createDisplay(stream: NodeJS.WriteStream, names: readonly string[]): Display {
  const steps = new Map<string, Step>(
    names.map((name) => [name, { name, state: 'waiting', note: '', ms: 0 }]),
  )
  const view = stream.isTTY ? liveView(stream) : plainView(stream)
  let health: FleetHealth | undefined
  const show = () => view.show([...steps.values()], health)
  const timer = setInterval(show, REDRAW_MS)
  const put = (step: Step) => {
    steps.set(step.name, step)
    show()
  }
  return {
    async step(name, work) {
      const sinceMs = performance.now()
      let note = ''
      const at = (state: Step['state']) => put({ name, state, note, ms: performance.now() - sinceMs })
      const tick = setInterval(() => at('working'), REDRAW_MS)
      try {
        at('working')
        const result = await work((text) => {
          note = text
        })
        at('done')
        return result
      } catch (error) {
        at('failed')
        throw error
      } finally {
        clearInterval(tick)
      }
    },
    health(newest) {
      health = newest
      show()
    },
    say: (line) => view.say(line),
    close() {
      clearInterval(timer)
      show()
      view.close()
    },
  }
}

interface View {
  show(steps: readonly Step[], health: FleetHealth | undefined): void
  say(line: string): void
  close(): void
}

function liveView(stream: NodeJS.WriteStream): View {
  const draw = createLogUpdate(stream)
  let closed = false
  let drawn = ''
  return {
    show: (steps, health) => {
      const text = frame(steps, health, stream.columns ?? COLUMNS).join('\n')
      if (closed || text === drawn) return
      draw(text.split('\n').map(paint).join('\n'))
      drawn = text
    },
    say: (line) => (closed ? void stream.write(`${line}\n`) : draw.persist(line)),
    close() {
      if (!closed) draw.done()
      closed = true
    },
  }
}

function paint(line: string): string {
  if (line.startsWith('·')) return colors.dim(line)
  const bar = line.includes('░') ? colors.yellow : colors.green
  return line
    .replace(/^✓/, colors.green('✓'))
    .replace(/^✗.*/, (failed) => colors.red(failed))
    .replace(/[█░]+/, (cells) => bar(cells))
}

function plainView(stream: NodeJS.WriteStream): View {
  const said = new Set<string>()
  const once = (key: string, line: string) => {
    if (said.has(key)) return
    said.add(key)
    stream.write(`${line}\n`)
  }
  return {
    show(steps, health) {
      for (const { name, state, note, ms } of steps) {
        if (state === 'done') once(name, `${seconds(ms).padStart(7)}  ${name}${note && `: ${note}`}`)
        if (state === 'failed') once(name, `${seconds(ms).padStart(7)}  ${name} failed`)
      }
      for (const line of environmentLines(health)) once(line, `         ${line.trim()}`)
    },
    say: (line) => void stream.write(`${line}\n`),
    close() {},
  }
}
