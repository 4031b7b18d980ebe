/** Writes the JSON Schemas of the fleet repository's kinds: `npm run schemas --workspace @roadstead/hub`, then `npm run fix`. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { schemaFiles } from '../src/source/definition/json-schema.ts'

const directory = new URL('../../docs/schemas/', import.meta.url)
mkdirSync(directory, { recursive: true })
for (const [name, schema] of schemaFiles()) {
  writeFileSync(new URL(name, directory), `${JSON.stringify(schema, null, 2)}\n`)
}
