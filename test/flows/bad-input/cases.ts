import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Tree } from '../../harness/index.ts'
import { configMap, smallFleet } from '../world/index.ts'

/** What all cases start from. */
export const good: Tree = smallFleet({
  environments: ['dev', 'prod'],
  clusters: { 'dev-1': 'dev', 'prod-1': 'prod' },
  apps: { web: configMap('web', { mode: 'calm' }), other: configMap('other', {}) },
})

export interface BadInput {
  readonly name: string
  readonly tree: Tree
  /** What files alone can not say. */
  readonly alsoIn?: (directory: string) => void
  readonly code: string
  /** `file:line:column`, as far as there is one. */
  readonly place: string
  readonly says: RegExp
}

const app = (name: string, dependsOn: string) => `apiVersion: roadstead.dev/v1
kind: App
metadata: { name: ${name} }
spec:
  dependsOn: [${dependsOn}]
`

const fleet = (environments: string) => `apiVersion: roadstead.dev/v1
kind: Fleet
metadata: { name: small }
spec:
  environments:
${environments}
`

const cluster = (spec: string) => `apiVersion: roadstead.dev/v1
kind: Cluster
metadata: { name: dev-1 }
spec: ${spec}
`

const megabyte = 1_000_000

export const badInputs: readonly BadInput[] = [
  {
    name: 'YAML that does not parse',
    tree: { 'clusters/dev-1.yaml': cluster('{ environment: [dev }') },
    code: 'invalid-yaml',
    place: 'clusters/dev-1.yaml:4:27',
    says: /Flow sequence .* must .* end with a \]/,
  },
  {
    name: 'an unknown field',
    tree: { 'clusters/dev-1.yaml': cluster('{ environment: dev, varables: {} }') },
    code: 'invalid-field',
    place: 'clusters/dev-1.yaml:4:27',
    says: /unknown field "varables"; did you mean "variables"/,
  },
  {
    name: 'a missing overlay',
    tree: { 'apps/web/overlays/prod': null },
    code: 'missing-overlay',
    place: 'apps/web/app.yaml:4:7',
    says: /apps\/web\/overlays\/prod/,
  },
  {
    name: 'a cycle of environments',
    tree: { 'fleet.yaml': fleet('    - { name: dev, after: [prod] }\n    - { name: prod, after: [dev] }') },
    code: 'cycle',
    place: 'fleet.yaml:6:27',
    says: /dev.*prod/,
  },
  {
    name: 'a cycle of dependencies',
    tree: { 'apps/web/app.yaml': app('web', 'other'), 'apps/other/app.yaml': app('other', 'web') },
    code: 'cycle',
    place: 'apps/other/app.yaml:5:15',
    says: /other.*web/,
  },
  {
    name: 'two apps that own one object',
    tree: { 'apps/other/base/objects.yaml': configMap('web', {}) },
    code: 'ownership-conflict',
    place: 'apps/web/base/objects.yaml:3:19',
    says: /ConfigMap default\/web is in web and in other \(apps\/other\/base\/objects\.yaml:3:19\)/,
  },
  {
    name: 'a cluster in an unknown environment',
    tree: { 'clusters/dev-1.yaml': cluster('{ environment: production }') },
    code: 'invalid-reference',
    place: 'clusters/dev-1.yaml:4:22',
    says: /production/,
  },
  {
    name: 'an object of 5 MB',
    tree: { 'apps/web/base/objects.yaml': configMap('web', { blob: 'x'.repeat(5 * megabyte) }) },
    code: 'too-large',
    place: 'apps/web/base/objects.yaml',
    says: /5\d{6} bytes; the limit is/,
  },
  {
    name: 'a path that leaves the repository',
    tree: {
      'apps/web/overlays/prod/kustomization.yaml': 'resources:\n  - ../../base\n  - ../../../../../etc\n',
    },
    code: 'invalid-path',
    place: 'apps/web/overlays/prod/kustomization.yaml:3:5',
    says: /leaves the repository/,
  },
  {
    name: 'a symbolic link',
    tree: {},
    alsoIn: (directory) => symlinkSync('/etc/passwd', join(directory, 'apps/web/base/passwd.yaml')),
    code: 'invalid-path',
    place: 'apps/web/base/passwd.yaml',
    says: /symbolic link/,
  },
  {
    name: 'a binary file',
    tree: { 'apps/web/base/objects.yaml': Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0xff, 0x00]) },
    code: 'invalid-yaml',
    place: 'apps/web/base/kustomization.yaml:1:13',
    says: /apps\/web\/base\/objects\.yaml is not UTF-8 text/,
  },
  {
    name: 'an empty repository',
    tree: Object.fromEntries(Object.keys(good).map((path) => [path, null])),
    code: 'empty-repository',
    place: '',
    says: /empty/,
  },
]
