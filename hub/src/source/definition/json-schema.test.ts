import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { jsonSchemas, schemaFiles } from './json-schema.ts'

const directory = new URL('../../../../docs/schemas/', import.meta.url)

test('the published schemas are those the hub validates with (npm run schemas writes them)', () => {
  const files = schemaFiles()
  assert.deepEqual(readdirSync(directory).sort(), [...files.keys()].sort())
  for (const [name, schema] of files) {
    assert.deepEqual(JSON.parse(readFileSync(new URL(name, directory), 'utf8')), schema, name)
  }
})

test('an editor that goes by them marks unknown fields, at every level', () => {
  const open: string[] = []
  const visit = (schema: unknown, path: string): void => {
    if (typeof schema !== 'object' || schema === null) return
    if (
      'properties' in schema &&
      (schema as { additionalProperties?: unknown }).additionalProperties !== false
    ) {
      open.push(path)
    }
    for (const [key, member] of Object.entries(schema)) visit(member, `${path}/${key}`)
  }
  for (const [kind, schema] of Object.entries(jsonSchemas())) visit(schema, kind)
  assert.deepEqual(open, [])
})

test('they say which fields must be there', () => {
  const { Cluster } = jsonSchemas()
  assert.deepEqual(Cluster.required, ['apiVersion', 'kind', 'metadata', 'spec'])
  const { spec } = Cluster.properties as { spec: { required: string[] } }
  assert.deepEqual(spec.required, ['environment'])
})
