/**
 * `npm run bench -- <name> [arguments]`: each benchmark is a program of its own, so that none is measured in
 * the heap that another left behind.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const benchmarks: Readonly<Record<string, string>> = {
  render: '1,000 overlays of a typical app on one thread, beside the official binary',
  agent: 'speed and footprint of an agent on a real API server',
  incremental: 'one changed file of 500 apps in 3 environments, from Git to placement',
}

const [name = '', ...args] = process.argv.slice(2)
if (Object.hasOwn(benchmarks, name)) {
  const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url))
  process.exitCode = spawnSync(process.execPath, [file, ...args], { stdio: 'inherit' }).status ?? 1
} else {
  console.error('usage: npm run bench -- <name> [arguments]\n')
  for (const [each, what] of Object.entries(benchmarks)) console.error(`  ${each.padEnd(12)} ${what}`)
  process.exitCode = 2
}
