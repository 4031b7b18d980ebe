#!/usr/bin/env node
/**
 * Starts the CLI on a Node that runs TypeScript: this one, or else the one that the workspace installed.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

if (process.features.typescript) {
  await import('../src/main.ts')
} else {
  const node = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url))
  if (!existsSync(node)) {
    process.stderr.write(
      `roadstead needs Node 24; this is ${process.version}. Run npm install, or install Node 24.\n`,
    )
    process.exit(2)
  }
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  // The terminal sends Ctrl-C to both; the child answers it, and this process only passes on its exit.
  process.on('SIGINT', () => {})
  const { status, signal } = spawnSync(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
  process.exit(status ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 0))
}
