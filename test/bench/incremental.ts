/**
 * How long does it take from a commit that changes one file to what every cluster should run, and does the
 * event loop stay free? A fleet of 500 apps in 3 environments, about 5,000 files, in a real Git repository.
 *
 *     npm run bench -- incremental [apps] [commits of each kind]
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parseCommitId } from '@roadstead/proto'
import { createEvaluator } from '../../hub/src/advance/evaluate.ts'
import { appStates, releasesToPlace } from '../../hub/src/advance/hold.ts'
import { placeFleet } from '../../hub/src/place/index.ts'
import { createRenderer } from '../../hub/src/render/index.ts'
import { openRepository, type Repository } from '../../hub/src/source/git/repository.ts'
import {
  appName,
  deployment,
  deploymentPath,
  generatedFleet,
  patchPath,
  resources,
} from './generated-fleet.ts'

const clusters = 30
const targetMs = 200

interface Sample {
  readonly treeMs: number
  readonly renderMs: number
  readonly placeMs: number
  readonly totalMs: number
  /** The longest time for which nothing else could run. */
  readonly blockedMs: number
}

type Change = readonly [path: string, content: string]

async function main(apps: number, commits: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'incremental-bench-'))
  const repository = await openRepository({ directory, branch: 'main', searchPath: process.env.PATH ?? '' })
  const renderer = createRenderer()
  try {
    const files = generatedFleet({ apps, clusters })
    console.log(`${apps} apps, 3 environments, ${clusters} clusters, ${files.size} files\n`)
    const process = commitProcess(repository, renderer)
    report('the whole fleet, for the first time', [await process([...files])])
    const kinds: readonly (readonly [string, (round: number) => Change])[] = [
      ['a file of no app', (round) => ['README.md', `round ${round}\n`]],
      [
        'a patch of one overlay',
        (round) => [patchPath(round % apps, 'prod'), resources(appName(round % apps), 101 + round)],
      ],
      [
        'a base of three overlays',
        (round) => [deploymentPath(round % apps), deployment(appName(round % apps), `1.${round}.1`)],
      ],
    ]
    for (const [name, change] of kinds) {
      const samples: Sample[] = []
      for (let round = 0; round < commits; round++) samples.push(await process([change(round)]))
      report(name, samples)
    }
    console.log(
      `\ntarget: one changed file in under ${targetMs} ms, never more than 50 ms without the event loop`,
    )
  } finally {
    await renderer.close()
    repository[Symbol.dispose]()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Commits the changes (not measured), then takes the commit through all stages as the hub does (measured). */
function commitProcess(repository: Repository, renderer: ReturnType<typeof createRenderer>) {
  const evaluator = createEvaluator(renderer)
  return async (changes: readonly Change[]): Promise<Sample> => {
    const commit = fastImport(repository.git.directory, changes)
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const start = performance.now()
    const tree = await repository.tree(commit)
    if (!tree) throw new Error(`there is no commit ${commit}`)
    const afterTree = performance.now()
    const evaluation = await evaluator.evaluate(commit, tree)
    if (!evaluation.valid) throw new Error(JSON.stringify(evaluation.problems[0]))
    const afterRender = performance.now()
    const states = appStates(evaluation.renders)
    const { contents, problems } = placeFleet(evaluation.definition, releasesToPlace(states, new Map()))
    const end = performance.now()
    // What is blocked now shows when the loop next turns.
    await new Promise((resolve) => setTimeout(resolve, 5))
    delay.disable()
    const fault = [...states.flatMap((state) => state.problems), ...problems][0]
    if (fault || contents.size !== clusters) throw new Error(JSON.stringify(fault))
    return {
      treeMs: afterTree - start,
      renderMs: afterRender - afterTree,
      placeMs: end - afterRender,
      totalMs: end - start,
      blockedMs: delay.max / 1e6,
    }
  }
}

function fastImport(directory: string, changes: readonly Change[]) {
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`
  const isFirst = changes.length > 1
  const stream = [
    'commit refs/heads/main\ncommitter Bench <bench@example.com> 1700000000 +0000\n',
    data('a change'),
    isFirst ? '' : 'from refs/heads/main^0\n',
    ...changes.map(([path, content]) => `M 100644 inline ${path}\n${data(content)}`),
  ].join('')
  const git = (args: string[], input = '') =>
    execFileSync('git', [`--git-dir=${directory}`, ...args], {
      input,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    })
  git(['fast-import', '--quiet'], stream)
  const commit = parseCommitId(git(['rev-parse', 'refs/heads/main']).trim())
  if (commit === undefined) throw new Error('git fast-import made no commit')
  return commit
}

function report(name: string, samples: readonly Sample[]): void {
  const median = (pick: (sample: Sample) => number) => {
    const sorted = samples.map(pick).sort((a, b) => a - b)
    return `${sorted[Math.floor(sorted.length / 2)]!.toFixed(0)} ms`
  }
  const worst = (pick: (sample: Sample) => number) => `${Math.max(...samples.map(pick)).toFixed(0)} ms`
  console.log(
    `${name} (${samples.length === 1 ? 'once' : `median of ${samples.length}`})\n` +
      `  ${median(({ totalMs }) => totalMs)} (worst ${worst(({ totalMs }) => totalMs)}): ` +
      `tree ${median(({ treeMs }) => treeMs)}, render ${median(({ renderMs }) => renderMs)}, ` +
      `place ${median(({ placeMs }) => placeMs)}; longest block ${median(({ blockedMs }) => blockedMs)} (worst ${worst(({ blockedMs }) => blockedMs)})`,
  )
}

await main(Number(process.argv[2] ?? 500), Number(process.argv[3] ?? 15))
