import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RoadsteadError } from './errors.ts'
import { substitute, undefinedReferences, type VariableScope } from './variables.ts'

const scope: VariableScope = {
  cluster: { name: 'eu-1', environment: 'prod', labels: { region: 'eu', 'example.com/tier': 'edge' } },
  vars: { replicas: 3, host: 'shop.example.com', debug: false, text: '8080' },
}

describe('substitution of variables', () => {
  test('writes a variable out inside a longer string', () => {
    assert.deepEqual(
      substitute(
        { url: 'https://${vars.host}/${cluster.labels.region}?tier=${cluster.labels.example.com/tier}' },
        scope,
      ),
      { url: 'https://shop.example.com/eu?tier=edge' },
    )
  })

  test('keeps the type of a variable that is the whole field', () => {
    assert.deepEqual(
      substitute({ replicas: '${vars.replicas}', debug: '${vars.debug}', port: '${vars.text}' }, scope),
      { replicas: 3, debug: false, port: '8080' },
    )
  })

  test('takes the default of a variable that is not defined, and only then', () => {
    assert.deepEqual(
      substitute({ a: '${vars.missing:=5}', b: '${vars.replicas:=5}', c: 'x${vars.none:=}' }, scope),
      {
        a: 5,
        b: 3,
        c: 'x',
      },
    )
  })

  for (const [written, value] of [
    ['6', 6],
    ['-1.5', -1.5],
    ['true', true],
    ['false', false],
    ['"6"', '6'],
    ["'it''s'", "it's"],
    ['"a\\tb"', 'a\tb'],
    ['500m', '500m'],
    ['', ''],
    // YAML 1.1 and 1.2 disagree on these, or a double can not hold them: they stay what was written.
    ['0755', '0755'],
    ['yes', 'yes'],
    ['null', 'null'],
    ['9007199254740993', '9007199254740993'],
    ['1e999', '1e999'],
    ['"open', '"open'],
  ] as const) {
    test(`reads the default ${written} of a whole field as ${JSON.stringify(value)}, and inside a text as it stands`, () => {
      const reference = `\${vars.missing:=${written}}`
      assert.deepEqual(substitute({ whole: reference, part: `x${reference}` }, scope), {
        whole: value,
        part: `x${written}`,
      })
    })
  }

  test("leaves other people's ${…} alone and lets ours be escaped", () => {
    const script = { run: 'echo ${HOME} ${1:-x} $${vars.host} $$ ${vars}' }
    assert.deepEqual(substitute(script, scope), { run: 'echo ${HOME} ${1:-x} ${vars.host} $$ ${vars}' })
  })

  test('reaches into lists and nested objects, but not into keys', () => {
    assert.deepEqual(substitute({ '${vars.host}': [{ name: '${cluster.name}' }] }, scope), {
      '${vars.host}': [{ name: 'eu-1' }],
    })
  })

  test('names the variable, the cluster and the field when one is not defined', () => {
    assert.throws(
      () => substitute({ spec: { 'a/b': ['${vars.missing}'] } }, scope),
      (error) =>
        error instanceof RoadsteadError &&
        error.code === 'undefined-variable' &&
        /vars\.missing.*eu-1.*\/spec\/a~1b\/0/.test(error.message),
    )
    assert.deepEqual(
      undefinedReferences({ spec: ['${vars.missing}', '${vars.other:=1}', '$${vars.missing}'] }, scope),
      [{ name: 'vars.missing', path: '/spec/0' }],
    )
  })

  test('a name of the prototype is not a variable', () => {
    assert.throws(() => substitute({ a: '${vars.constructor}' }, scope), RoadsteadError)
  })
})
