import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type BuildOptions, build, fileTree, OverlayError, type Problem } from './index.ts'

const service = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n'

function problemsOf(
  files: Record<string, string>,
  options: BuildOptions & { directory?: string } = {},
): readonly Problem[] {
  const { directory = '', ...rest } = options
  try {
    build(fileTree(new Map(Object.entries(files))), directory, rest)
  } catch (error) {
    assert.ok(error instanceof OverlayError, String(error))
    return error.problems
  }
  return assert.fail('the build was not refused')
}

/** The first problem must say all of this. */
function refuses(
  files: Record<string, string>,
  expected: Partial<Problem> & { says: RegExp },
  options: BuildOptions & { directory?: string } = {},
): void {
  const [problem] = problemsOf(files, options)
  const { says, ...place } = expected
  assert.match(problem!.message, says)
  for (const [key, value] of Object.entries(place))
    assert.equal(problem![key as keyof Problem], value, `${key} of: ${problem!.message}`)
}

const k = 'kustomization.yaml'

describe('a kustomization file', () => {
  it('with unknown fields is refused with the place of each of them', () => {
    const problems = problemsOf({ [k]: 'resources: []\nimages:\n- name: a\n  tag: b\nnamePrefxi: x\n' })
    assert.deepEqual(
      problems.map(({ file, line, column, field }) => [file, line, column, field]),
      [
        [k, 4, 3, 'images[0].tag'],
        [k, 5, 1, 'namePrefxi'],
      ],
    )
    assert.match(problems[1]!.message, /did you mean "namePrefix"/)
  })
  it('with a value of the wrong type is refused', () => {
    refuses(
      { [k]: 'images:\n- name: a\n  newTag: 1.10\n' },
      {
        says: /1\.10, which YAML reads as a number; quote it/,
        file: k,
        line: 3,
        column: 11,
        field: 'images[0].newTag',
      },
    )
    refuses({ [k]: 'namePrefix: yes\n' }, { says: /a boolean; quote it/, line: 1, column: 13 })
    refuses({ [k]: 'resources: a.yaml\n' }, { says: /expected a list/, field: 'resources' })
    refuses(
      { [k]: 'replicas:\n- name: a\n  count: "3"\n' },
      { says: /expected a whole number/, field: 'replicas[0].count' },
    )
  })
  it('that is not YAML is refused with its line', () => {
    refuses({ [k]: 'resources:\n- a: [\n' }, { says: /not valid YAML/, file: k, line: 3 })
  })
  it('of another kind or version is refused', () => {
    refuses({ [k]: 'kind: Deployment\nresources: [a]\n' }, { says: /kind must be/, field: 'kind', line: 1 })
    refuses(
      { [k]: 'apiVersion: v1\nresources: [a]\n' },
      { says: /apiVersion of a Kustomization/, field: 'apiVersion' },
    )
  })
  it('that is empty, missing or there twice is refused', () => {
    refuses({ [k]: '' }, { says: /empty/, file: k })
    refuses({ [k]: 'kind: Kustomization\n' }, { says: /empty/, file: k })
    refuses({ 'a.yaml': service }, { says: /no kustomization file/ })
    refuses(
      { [k]: 'resources: []\n', Kustomization: 'resources: []\n' },
      { says: /more than one kustomization file/ },
    )
  })
})

describe('what a pure renderer cannot do is refused by name', () => {
  it('remote resources', () => {
    for (const path of [
      'https://example.com/a.yaml',
      'github.com/org/repo//base?ref=v1',
      'git@example.com:a/b.git',
      'ssh://git@example.com/a',
    ]) {
      refuses(
        { [k]: `resources:\n- ${path}\n` },
        { says: /remote resources are refused/, file: k, line: 2, column: 3, field: 'resources[0]' },
      )
    }
  })
  it('Helm charts', () => {
    refuses(
      { [k]: 'resources: []\nhelmCharts:\n- name: x\n' },
      { says: /helmCharts is refused/, file: k, line: 2, field: 'helmCharts' },
    )
    refuses({ [k]: 'helmGlobals: {chartHome: x}\n' }, { says: /helmGlobals is refused/ })
    refuses(
      { [k]: 'helmChartInflationGenerator:\n- chartName: x\n' },
      { says: /helmChartInflationGenerator is refused/ },
    )
  })
  it('plugins', () => {
    const plugin = 'apiVersion: example.com/v1\nkind: Maker\nmetadata:\n  name: x\n'
    refuses(
      { [k]: 'generators: [p.yaml]\n', 'p.yaml': plugin },
      { says: /only built-in generators and transformers/, field: 'generators[0]' },
    )
    refuses(
      { [k]: 'transformers: [p.yaml]\n', 'p.yaml': plugin },
      { says: /only built-in generators and transformers/, field: 'transformers[0]' },
    )
    refuses(
      { [k]: 'validators: [p.yaml]\n', 'p.yaml': plugin },
      { says: /validators are refused/, field: 'validators[0]' },
    )
  })
})

describe('paths', () => {
  it('to nothing are refused', () => {
    refuses(
      { [k]: 'resources:\n- gone.yaml\n' },
      { says: /no file or directory gone\.yaml/, file: k, line: 2, field: 'resources[0]' },
    )
    refuses({ [k]: 'components: [gone]\n' }, { says: /no directory gone/, field: 'components[0]' })
    refuses({ [k]: 'patches:\n- path: gone.yaml\n' }, { says: /no file gone\.yaml/, field: 'patches[0]' })
    refuses(
      { [k]: 'configMapGenerator:\n- name: a\n  files: [gone]\n' },
      { says: /no file gone/, field: 'configMapGenerator[0].files[0]' },
    )
  })
  it('that leave the tree are refused', () => {
    refuses(
      { 'a/kustomization.yaml': 'resources: [../../x]\n' },
      { says: /leaves the repository/ },
      { directory: 'a' },
    )
    refuses({ [k]: 'resources: [/etc/passwd]\n' }, { says: /absolute path/ })
  })
  it('of files outside the directory of the kustomization are refused', () => {
    refuses(
      { 'a/kustomization.yaml': 'resources: [../x.yaml]\n', 'x.yaml': service },
      { says: /outside a/ },
      { directory: 'a' },
    )
    refuses(
      { 'a/kustomization.yaml': 'configMapGenerator:\n- name: c\n  files: [../x.yaml]\n', 'x.yaml': service },
      { says: /outside a/ },
      { directory: 'a' },
    )
  })
  it('through symbolic links are refused', () => {
    const tree = {
      read: (path: string) => (path === k ? 'resources: [link.yaml]\n' : service),
      list: (directory: string) =>
        directory === ''
          ? [{ name: k, kind: 'file' } as const, { name: 'link.yaml', kind: 'symlink' } as const]
          : undefined,
    }
    assert.throws(() => build(tree, ''), /symbolic link/)
  })
  it('that lead back are refused as cycles', () => {
    refuses(
      { 'a/kustomization.yaml': 'resources: [../b]\n', 'b/kustomization.yaml': 'resources: [../a]\n' },
      { says: /cycle/, file: 'b/kustomization.yaml', field: 'resources[0]' },
      { directory: 'a' },
    )
    refuses({ 'a/kustomization.yaml': 'resources: [.]\n' }, { says: /cycle/ }, { directory: 'a' })
    refuses(
      {
        'a/b/kustomization.yaml': 'resources: [../]\n',
        'a/kustomization.yaml': 'resources: []\nnamePrefix: x\n',
      },
      { says: /cycle/ },
      { directory: 'a/b' },
    )
  })
})

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
