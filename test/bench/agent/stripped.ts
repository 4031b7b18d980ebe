/** The agent without its types, as an image may carry it: Node then needs no compiler in its memory. */
import { cpSync, globSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const PACKAGES = ['proto', 'agent', 'services/agent']

/** Writes it into an empty directory. @returns the program */
export function stripAgent(directory: string): string {
  linkDependencies(join(directory, 'node_modules'))
  for (const path of PACKAGES) {
    const manifest = JSON.parse(readFileSync(join(ROOT, path, 'package.json'), 'utf8'))
    const home = join(directory, path)
    for (const file of globSync('src/**/*.ts', { cwd: join(ROOT, path) })) {
      if (/\.test\.ts$|\/testing\//.test(file)) continue
      const text = stripTypeScriptTypes(readFileSync(join(ROOT, path, file), 'utf8'))
      const target = join(home, asJavaScript(file))
      mkdirSync(join(target, '..'), { recursive: true })
      // Every relative import of ours names a `.ts` file.
      writeFileSync(target, text.replace(/(['"])(\.\.?\/[^'"\n]*)\.ts\1/g, '$1$2.js$1'))
    }
    for (const file of globSync('src/**/*.json', { cwd: join(ROOT, path) }))
      cpSync(join(ROOT, path, file), join(home, file))
    writeFileSync(join(home, 'package.json'), asJavaScript(JSON.stringify(manifest)))
    symlinkSync(home, join(directory, 'node_modules', manifest.name))
  }
  return join(directory, 'services/agent/src/main.js')
}

/** Those of others as they are installed; ours come from the copy. */
function linkDependencies(target: string): void {
  mkdirSync(join(target, '@roadstead'), { recursive: true })
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name !== '@roadstead') symlinkSync(join(ROOT, 'node_modules', name), join(target, name))
  }
}

const asJavaScript = (text: string): string => text.replace(/\.ts\b/g, '.js')
