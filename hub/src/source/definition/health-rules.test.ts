import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDefinition } from './parse.ts'
import { AppSchema } from './schemas.ts'

const app = (rules: string): string => `apiVersion: roadstead.dev/v1
kind: App
metadata: {name: web}
spec:
  health:
    rules:
${rules}`
const problemsOf = (rules: string) => parseDefinition(AppSchema, Buffer.from(app(rules))).problems

test('an app’s own health rules are read', () => {
  const { problems, value } = parseDefinition(
    AppSchema,
    Buffer.from(
      app(`      - name: queue
        groups: [acme.dev]
        kinds: [Queue]
        cases:
          - {status: Degraded, when: [{field: /status/backlog, below: 3}], reason: /status/note}
`),
    ),
  )
  assert.deepEqual(problems, [])
  assert.equal(value?.spec.health?.rules?.[0]?.name, 'queue')
})

test('a field that a rule does not have is named with its line', () => {
  const [problem] = problemsOf(`      - name: queue
        groups: [acme.dev]
        cases:
          - status: Degraded
            when:
              - {field: /status/phase, equals: Failed}
`)
  assert.equal(problem?.line, 12)
  assert.match(problem?.message ?? '', /unknown field "?.*equals/)
})

test('a status that is none, and a field that is no pointer, are refused where they stand', () => {
  const problems = problemsOf(`      - name: queue
        groups: [acme.dev]
        cases:
          - status: Broken
            when:
              - {field: status.phase, is: [Failed]}
`)
  assert.deepEqual(
    problems.map(({ line }) => line),
    [10, 12],
  )
})
