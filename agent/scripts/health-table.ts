/**
 * Puts the rules of `src/observe/health/rules/*.yaml`, checked, into one module, so that the agent carries
 * neither the files nor a YAML parser for them: `npm run health-table -w agent`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type HealthRuleEntry, HealthRuleSchema } from '@roadstead/proto'
import * as v from 'valibot'
import { parse } from 'yaml'

const folder = new URL('../src/observe/health/', import.meta.url)
export const tablePath = new URL('generated/rule-table.ts', folder)

/** The files in the order of their names, each a list of rules. Throws with the file where one is wrong. */
export function readTable(): HealthRuleEntry[] {
  const files = readdirSync(new URL('rules/', folder)).filter((name) => name.endsWith('.yaml'))
  return files.sort().flatMap((name) => {
    const list: unknown = parse(readFileSync(new URL(`rules/${name}`, folder), 'utf8'))
    const checked = v.safeParse(v.array(HealthRuleSchema), list)
    if (checked.success) return checked.output
    const [issue] = checked.issues
    throw new Error(`${name}: ${v.getDotPath(issue) ?? ''}: ${issue.message}`)
  })
}

export const tableModule = (
  rules: readonly HealthRuleEntry[],
): string => `import type { HealthRuleEntry } from '@roadstead/proto'

/** Made from rules/*.yaml: npm run health-table -w agent */
export const ruleTable: readonly HealthRuleEntry[] = [
${rules.map((rule) => `  ${JSON.stringify(rule)},\n`).join('')}]
`

if (import.meta.main) writeFileSync(tablePath, tableModule(readTable()))
