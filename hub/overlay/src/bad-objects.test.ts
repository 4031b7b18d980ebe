import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { build, fileTree } from './index.ts'
import { refuses } from './testing/refusals.ts'

const service = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n'
const k = 'kustomization.yaml'

describe('patches', () => {
  const base = { 'web.yaml': service }
  it('that match nothing are refused', () => {
    refuses(
      {
        ...base,
        [k]: 'resources: [web.yaml]\npatches:\n- path: p.yaml\n',
        'p.yaml': '\napiVersion: v1\nkind: Service\nmetadata:\n  name: other\n',
      },
      { says: /matches no object: there is no Service\/other/, file: 'p.yaml', line: 2 },
    )
  })
  it('whose target selects nothing are a warning, as for the official binary', () => {
    const files = new Map(
      Object.entries({
        ...base,
        [k]: 'resources: [web.yaml]\npatches:\n- target: {kind: Pod}\n  patch: "[{op: add, path: /a, value: 1}]"\n',
      }),
    )
    const [warning] = build(fileTree(files), '').warnings
    assert.match(warning!.message, /selects no object/)
    assert.deepEqual([warning!.file, warning!.line, warning!.field], [k, 3, 'patches[0].target'])
  })
  it('with an ambiguous target are refused', () => {
    const twins = { 'a.yaml': `${service}  namespace: a\n`, 'b.yaml': `${service}  namespace: b\n` }
    const nested = {
      'l/kustomization.yaml': 'resources: [a.yaml]\nnamespace: z\n',
      'l/a.yaml': service,
      'a.yaml': `${service}  namespace: y\n`,
    }
    refuses(
      {
        ...nested,
        [k]: 'resources: [l, a.yaml]\nnamespace: q\npatches:\n- path: p.yaml\n',
        'p.yaml': service.replace('web', 'gone'),
      },
      { says: /matches no object/ },
    )
    refuses(
      {
        ...twins,
        [k]: 'resources: [a.yaml, b.yaml]\nreplacements:\n- source: {kind: Service}\n  targets:\n  - select: {kind: Service}\n',
      },
      { says: /ambiguous: it selects 2 objects/, field: 'replacements[0].source' },
    )
  })
  it('that are malformed are refused', () => {
    const patch = (text: string) => ({
      ...base,
      [k]: 'resources: [web.yaml]\npatches:\n- path: p.yaml\n  target: {kind: Service}\n',
      'p.yaml': text,
    })
    refuses(patch('- op: ad\n  path: /a\n'), {
      says: /unknown operation "ad"/,
      file: 'p.yaml',
      line: 1,
      field: 'op',
    })
    refuses(patch('- op: add\n  path: a\n  value: 1\n'), {
      says: /a path starts with "\/"/,
      file: 'p.yaml',
      line: 1,
    })
    refuses(patch('- op: remove\n  path: /spec/x\n'), {
      says: /remove \/spec\/x on Service\/web: \/spec does not exist/,
      file: 'p.yaml',
    })
    refuses(patch('just text\n'), { says: /expected a Kubernetes object/, file: 'p.yaml', line: 1 })
    refuses(patch('kind: Service\nmetadata: {name: x}\nspec: {$patch: destroy}\n'), {
      says: /unknown patch directive "destroy"/,
      file: 'p.yaml',
      line: 3,
      column: 16,
    })
    refuses(patch('kind: Service\nmetadata: [a]\n'), { says: /metadata\.name/, file: 'p.yaml' })
  })
  it('with invalid expressions are refused', () => {
    const target = (text: string) => ({
      ...base,
      [k]: `resources: [web.yaml]\npatches:\n- target: {${text}}\n  patch: "[{op: add, path: /a, value: 1}]"\n`,
    })
    refuses(target("name: '('"), { says: /not a valid regular expression/, file: k, line: 3, field: 'name' })
    refuses(target("labelSelector: 'a in'"), {
      says: /expected "\("/,
      file: k,
      line: 3,
      field: 'labelSelector',
    })
  })
})

describe('objects', () => {
  it('with one id twice are refused, naming both places', () => {
    refuses(
      { [k]: 'resources: [a.yaml, b.yaml]\n', 'a.yaml': service, 'b.yaml': `\n${service}` },
      { says: /two objects with one id: Service\/web.*a\.yaml:1/, file: 'b.yaml', line: 2 },
    )
  })
  it('without kind or name are refused', () => {
    refuses(
      { [k]: 'resources: [a.yaml]\n', 'a.yaml': 'apiVersion: v1\nmetadata: {name: a}\n' },
      { says: /no kind/, file: 'a.yaml', line: 1 },
    )
    refuses(
      { [k]: 'resources: [a.yaml]\n', 'a.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {}\n' },
      { says: /no metadata\.name/, file: 'a.yaml' },
    )
    refuses(
      { [k]: 'resources: [a.yaml]\n', 'a.yaml': '- a\n' },
      { says: /expected a Kubernetes object, found a list/, file: 'a.yaml' },
    )
  })
  it('with a key twice, or one that is not text, are refused', () => {
    refuses(
      { [k]: 'resources: [a.yaml]\n', 'a.yaml': `${service}spec: {}\nspec: {}\n` },
      { says: /"spec" is already defined/, file: 'a.yaml', line: 6, column: 1 },
    )
    refuses(
      { [k]: 'resources: [a.yaml]\n', 'a.yaml': `${service}data:\n  1: x\n` },
      { says: /must be quoted/, file: 'a.yaml', line: 6 },
    )
  })
  it('that would collide after a renaming are refused', () => {
    const twins = { 'a.yaml': `${service}  namespace: a\n`, 'b.yaml': `${service}  namespace: b\n` }
    refuses(
      { ...twins, [k]: 'resources: [a.yaml, b.yaml]\nnamespace: one\n' },
      { says: /namespace one: two objects would be Service\/web/ },
    )
  })
})

describe('generators', () => {
  it('that cannot merge or would repeat a key are refused', () => {
    refuses(
      { [k]: 'configMapGenerator:\n- name: a\n  behavior: merge\n' },
      { says: /no ConfigMap\/a to merge/, file: k, line: 2 },
    )
    refuses(
      { [k]: 'configMapGenerator:\n- name: a\n  literals: [x=1, x=2]\n' },
      { says: /key "x" twice/, file: k, line: 3, field: 'configMapGenerator[0].literals[1]' },
    )
    refuses({ [k]: 'configMapGenerator:\n- name: a\n  literals: [x]\n' }, { says: /write key=value/ })
    refuses({ [k]: 'configMapGenerator:\n- literals: [x=1]\n' }, { says: /needs a name/ })
    refuses(
      { [k]: 'configMapGenerator:\n- name: a\n  behavior: append\n' },
      { says: /unknown behavior/, field: 'configMapGenerator[0].behavior' },
    )
  })
})

describe('input that is made to exhaust is refused in bounded time and memory', () => {
  it('anchor bombs', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
    for (let level = 1; level < 12; level++)
      lines.push(
        `a${level}: &a${level} [${Array(10)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
      )
    refuses(
      { [k]: 'resources: [a.yaml]\n', 'a.yaml': `${service}${lines.join('\n')}\n` },
      { says: /more than 1000000 nodes/, file: 'a.yaml' },
    )
  })
  it('a nesting of 10,000 levels', () => {
    const flow = `${service}a: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n`
    const block = Array.from({ length: 4_000 }, (_, level) => `${' '.repeat(level)}a:`).join('\n')
    const dashes = `${service}a:\n${'- '.repeat(10_000)}x\n`
    const maps = `${service}a: ${'{a: '.repeat(10_000)}x${'}'.repeat(10_000)}\n`
    for (const text of [flow, block, dashes, maps])
      refuses(
        { [k]: 'resources: [a.yaml]\n', 'a.yaml': text },
        { says: /nested deeper than 256 levels/, file: 'a.yaml' },
      )
  })
  it('mappings of too many fields', () => {
    const fields = Array.from({ length: 20_000 }, (_, index) => `  k${index}: v`)
    refuses(
      { [k]: 'resources: [a.yaml]\n', 'a.yaml': `${service}data:\n${fields.join('\n')}\n` },
      { says: /more than 10000 fields/, file: 'a.yaml' },
    )
  })
  it('files that are too large, and too many objects', () => {
    refuses(
      { [k]: 'resources: [a.yaml]\n', 'a.yaml': `${service}#${'x'.repeat(200)}` },
      { says: /the limit is 100/ },
      { limits: { fileBytes: 100 } },
    )
    refuses(
      { [k]: 'resources: [a.yaml, b.yaml]\n', 'a.yaml': service, 'b.yaml': service.replace('web', 'b') },
      { says: /more than 1 objects/ },
      { limits: { objects: 1 } },
    )
  })
  it('directories that multiply', () => {
    const files: Record<string, string> = {
      'd0/kustomization.yaml': 'resources: [a.yaml]\n',
      'd0/a.yaml': service,
    }
    for (let level = 1; level < 25; level++) {
      files[`d${level}a/kustomization.yaml`] = `resources: [../d${level - 1}]\nnamePrefix: a\n`
      files[`d${level}b/kustomization.yaml`] = `resources: [../d${level - 1}]\nnamePrefix: b\n`
      files[`d${level}/kustomization.yaml`] = `resources: [../d${level}a, ../d${level}b]\n`
    }
    refuses(files, { says: /more than 2000 directories/ }, { directory: 'd24' })
  })
  it('long chains of directories', () => {
    const files: Record<string, string> = {
      'd0/kustomization.yaml': 'resources: [a.yaml]\n',
      'd0/a.yaml': service,
    }
    for (let level = 1; level < 200; level++)
      files[`d${level}/kustomization.yaml`] = `resources: [../d${level - 1}]\n`
    refuses(files, { says: /more than 100 kustomizations are nested/ }, { directory: 'd199' })
  })
  it('regular expressions that backtrack', () => {
    const files = {
      'web.yaml': service.replace('web', 'a'.repeat(60)),
      [k]: "resources: [web.yaml]\npatches:\n- target: {name: '(a*)*b'}\n  patch: '[{op: add, path: /a, value: 1}]'\n",
    }
    assert.equal(build(fileTree(new Map(Object.entries(files))), '').warnings.length, 1)
  })
})
