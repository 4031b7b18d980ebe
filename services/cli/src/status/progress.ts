import { createLogUpdate } from 'log-update'
import type { EnvironmentHealth, FleetHealth } from '../api/resources.ts'
import type { Context } from '../context.ts'
import { bar } from '../output/bar.ts'
import { colorsFor } from '../output/colors.ts'
import { duration, localTime } from '../output/time.ts'
import { environmentTroubleText, share, shortCommit } from '../output/words.ts'
import { settledClusters } from './settled.ts'

/** Shows how far a wait has come, on standard error, so that the answer stays alone on standard output. */
export interface Progress {
  show(health: FleetHealth): void
  /** The server does not answer at the moment. */
  trouble(message: string): void
  /** Leaves nothing behind on a terminal. */
  end(): void
}

export function createProgress(context: Context): Progress {
  return context.stderr.isTTY ? liveProgress(context) : plainProgress(context)
}

/** A bar for each environment, drawn over itself. */
function liveProgress({ stderr, env, clock }: Context): Progress {
  const colors = colorsFor(stderr, env)
  const draw = createLogUpdate(stderr)
  const startedMs = clock.now()
  let bars: string[] = []
  const redraw = (line: string) => draw([...bars, colors.dim(line)].join('\n'))
  const elapsed = () => duration(clock.now() - startedMs)
  return {
    show(health) {
      const nameWidth = Math.max(0, ...health.environments.map(({ name }) => name.length))
      bars = health.environments.map((environment) => {
        const done = settledClusters(environment)
        const text = `${share(done, environment.clusters).padStart(7)}  ${environmentTroubleText(environment)}`
        const paint = done === environment.clusters.total ? colors.green : colors.yellow
        const drawn = paint(bar(done, environment.clusters.total))
        return `${environment.name.padEnd(nameWidth)}  ${drawn}${text}`.trimEnd()
      })
      redraw(`waiting for ${headName(health)}, ${elapsed()}`)
    },
    trouble: (message) => redraw(`${message}; trying again, ${elapsed()}`),
    end() {
      draw.clear()
      draw.done()
    },
  }
}

/** A line whenever an environment changes, for logs. */
function plainProgress({ stderr, clock }: Context): Progress {
  const last = new Map<string, string>()
  const say = (key: string, text: string) => {
    if (last.get(key) === text) return
    last.set(key, text)
    stderr.write(`${localTime(new Date(clock.now()).toISOString())}  ${text}\n`)
  }
  return {
    show(health) {
      last.delete('trouble')
      say('head', `waiting for ${headName(health)}`)
      for (const environment of health.environments)
        say(`environment ${environment.name}`, plainLine(environment))
    },
    trouble: (message) => say('trouble', `${message}; trying again`),
    end() {},
  }
}

function plainLine(environment: EnvironmentHealth): string {
  const { name, clusters, current } = environment
  const rest = environmentTroubleText(environment)
  const healthy = `${name}: ${share(clusters.healthy, clusters)} healthy, ${share(current, clusters)} current`
  return rest === '' ? healthy : `${healthy}, ${rest}`
}

const headName = ({ commit }: FleetHealth): string =>
  commit.head === null ? 'a first commit' : `commit ${shortCommit(commit.head)}`
