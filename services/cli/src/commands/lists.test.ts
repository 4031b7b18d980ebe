import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exitCodes } from '../exit.ts'
import * as details from '../testing/details.ts'
import { json, recordedHub } from '../testing/recorded-hub.ts'
import { runCaptured } from '../testing/run-captured.ts'

/** How lists and details read at 80 columns, against answers that were written down (simulated). */

process.env.TZ = 'UTC'

const answers = {
  'GET /v1/clusters': json({ items: details.clusters }),
  'GET /v1/clusters/prod-eu-west-1': json(details.cluster),
  'GET /v1/clusters/refusing': json(details.refusingCluster),
  'GET /v1/apps': json({ items: details.apps }),
  'GET /v1/apps/catalog-api': ((request, response, url) => {
    const page = url.searchParams.has('cursor') ? details.appOnTheNextPage : details.app
    json(page)(request, response, url)
  }) satisfies ReturnType<typeof json>,
  'GET /v1/drift': json({ items: details.drift }),
  'GET /v1/events': json({ items: details.events }),
  'GET /v1/commits': json({ items: details.commits }),
  'GET /v1/commits/ffee0011': json(details.commits[0]),
}

const shown: [string, string][] = [
  [
    'clusters',
    `
CLUSTER                       ENVIRONMENT  STATUS    APPS  DRIFT  ACCEPTED  SEEN
dev-core-1                    dev          healthy    5/5      0     12/12    3s
staging-edge-1                staging      silent     0/6      0     11/12   40m
prod-eu-west-1                prod         degraded   4/5      2     12/12    3s
prod-a-cluster-with-a-name-…  prod         pending    0/5      0       -/1     -
`,
  ],
  [
    'clusters prod-eu-west-1',
    `
cluster      prod-eu-west-1
environment  prod
status       degraded
last heard   3s ago
labels       region=eu-west tier=core
variables    domain=tidewater.example replicas=4 storage=50Gi
commit       a1b2c3d4
generation   12 assigned, 12 offered, 12 accepted
agent        0.1.0
kubernetes   v1.34.2

APP          STATUS    REACHED   AGO  HEALTHY  DRIFTED
catalog-api  degraded  accepted  10m      5/7        2
  Deployment catalog-api/catalog-api: 0 of 3 pods are ready
  apps/Deployment catalog-api/catalog-api:
    spec.template.spec.containers[0].image: Required value (object-invalid)
  and 3 more problems (--output json)
catalog-db   healthy   healthy    9m      6/6        0
`,
  ],
  [
    'clusters refusing',
    `
cluster      prod-eu-west-1
environment  prod
status       degraded
last heard   3s ago
labels       region=eu-west tier=core
variables    domain=tidewater.example replicas=4 storage=50Gi
commit       a1b2c3d4
generation   12 assigned, 12 offered, 12 accepted
refused      generation 13: the seal is of an unknown key
unsent       7 reports
agent        0.1.0
kubernetes   v1.34.2

No app is placed here.
`,
  ],
  [
    'apps',
    `
APP          STATUS    CLUSTERS  DRIFT  DESCRIPTION
catalog-api  degraded     11/12      2  The catalogue over HTTP (PostgREST)
edge-cache   healthy        4/4      0  A cache in front of the storefront, clo…
`,
  ],
  [
    'apps catalog-api',
    `
app          catalog-api
description  The catalogue over HTTP (PostgREST)
status       degraded
depends on   catalog-db

ENVIRONMENT  RELEASE   COMMIT    HEALTHY  OTHERWISE
dev          01234567  a1b2c3d4      2/2  -
prod         01234567  a1b2c3d4      6/7  1 degraded
  apps/catalog-api/overlays/prod/kustomization.yaml:10:5: no resource matches
    the patch
prod/edge    feed4567  -               -  for some of its clusters

CLUSTER         STATUS    REACHED   AGO  HEALTHY  DRIFTED
prod-eu-west-1  degraded  accepted  10m      5/7        2
  Deployment catalog-api/catalog-api: 0 of 3 pods are ready
  apps/Deployment catalog-api/catalog-api:
    spec.template.spec.containers[0].image: Required value (object-invalid)
  and 3 more problems (--output json)
prod-us-east-1  healthy   healthy    9m      6/6        0
`,
  ],
  [
    'drift',
    `
CLUSTER         OBJECT                        STATE  BY                    SINCE
prod-eu-west-1  Deployment catalog-api/cata…  open   kubectl-edit             3m
  /spec/template/spec/containers/0/image: wanted
    "postgrest/postgrest:v12.2.3", found "nginx"
  /metadata/labels/team: wanted nothing, found "web"
  and 5 more fields (--output json)
prod-us-east-1  Service catalog-api/catalog…  open   some-operator, again    30s
  the object is gone
`,
  ],
  [
    'events',
    `
2026-11-20 11:50:00  commit.in-force     a1b2c3d4  Start the fleet
2026-11-20 11:59:30  app.degraded        prod-eu-west-1 catalog-api  0 of 3 pods are ready
`,
  ],
  [
    'commits',
    `
COMMIT    STATUS    AGE  AUTHOR      SUBJECT
ffee0011  rejected   9m  Ada Reyes   Give the storefront more room
a1b2c3d4  in-force   2d  Ben Okafor  Start the fleet
`,
  ],
  [
    'commits ffee0011',
    `
commit    ffee00112233445566778899aabbccddeeff0011
status    rejected
author    Ada Reyes <ada@tidewater.example>
authored  2026-11-20 11:50:00
received  2026-11-20 11:51:00
subject   Give the storefront more room

apps/storefront/app.yaml:8:3: unknown field "dependOn"; did you mean "dependsOn"?
`,
  ],
]

for (const [line, expected] of shown) {
  test(`roadstead ${line}`, async (t) => {
    const hub = await recordedHub(t, answers)
    const { stdout, stderr } = await runCaptured([...line.split(' '), '--server', hub.url])
    assert.equal(`\n${stdout}`, expected)
    assert.equal(stderr, '')
    // Events are a log, and problems are one line each for editors; everything else fits.
    if (!['events', 'commits ffee0011'].includes(line))
      for (const each of stdout.split('\n')) assert.ok(each.length <= 80, each)
  })
}

test('into a pipe nothing is cut', async (t) => {
  const hub = await recordedHub(t, answers)
  const { stdout } = await runCaptured(['clusters', '--server', hub.url], { to: 'pipe' })
  assert.match(stdout, /prod-a-cluster-with-a-name-as-long-as-a-label-may-be-in-kubernetes +prod/)
})

test('JSON has all items of all pages, whole', async (t) => {
  const hub = await recordedHub(t, answers)
  const list = await runCaptured(['drift', '-o', 'json', '--server', hub.url])
  assert.deepEqual(JSON.parse(list.stdout), { items: details.drift })
  const one = await runCaptured(['apps', 'catalog-api', '-o', 'json', '--server', hub.url])
  const { placements } = JSON.parse(one.stdout) as { placements: { items: unknown[] } }
  assert.equal(placements.items.length, 2)
})

test('filters go to the hub', async (t) => {
  const hub = await recordedHub(t, answers)
  const lines = [
    'clusters -e prod -a storefront -l tier=edge --status degraded --silent --limit 5',
    'apps -e prod -c prod-eu-west-1 --status failed',
    'drift -e prod -c prod-eu-west-1 -a catalog-api -k Deployment --fight --limit 3',
    'drift --state all',
    'events -c prod-eu-west-1 --type cluster.*',
    'commits --status rejected',
  ]
  for (const line of lines) await runCaptured([...line.split(' '), '--server', hub.url])
  assert.deepEqual(hub.requests, [
    'GET /v1/clusters?environment=prod&app=storefront&selector=tier%3Dedge&status=degraded&silent=true&limit=5',
    'GET /v1/apps?environment=prod&cluster=prod-eu-west-1&status=failed&limit=200',
    'GET /v1/drift?environment=prod&cluster=prod-eu-west-1&app=catalog-api&kind=Deployment&fight=true&state=open&limit=3',
    'GET /v1/drift?limit=100',
    'GET /v1/events?cluster=prod-eu-west-1&type=cluster.*&limit=50',
    'GET /v1/commits?status=rejected&limit=20',
  ])
})

test('drift is no failure, unless asked to be one', async (t) => {
  const hub = await recordedHub(t, answers)
  assert.equal((await runCaptured(['drift', '--server', hub.url])).exitCode, exitCodes.ok)
  assert.equal((await runCaptured(['drift', '--exit-code', '--server', hub.url])).exitCode, exitCodes.no)
})

test('an empty list says so, and --exit-code finds no drift in it', async (t) => {
  const hub = await recordedHub(t, { 'GET /v1/drift': json({ items: [] }) })
  const { stdout, exitCode } = await runCaptured(['drift', '--exit-code', '--server', hub.url])
  assert.equal(stdout, 'No drift.\n')
  assert.equal(exitCode, exitCodes.ok)
})

test('a commit that was refused answers no', async (t) => {
  const hub = await recordedHub(t, answers)
  assert.equal((await runCaptured(['commits', 'ffee0011', '--server', hub.url])).exitCode, exitCodes.no)
})

test('a name can not leave its place in the path', async (t) => {
  const hub = await recordedHub(t, answers)
  const { exitCode } = await runCaptured(['clusters', '../apps?x', '--server', hub.url])
  assert.equal(exitCode, exitCodes.no)
  assert.deepEqual(hub.requests, ['GET /v1/clusters/..%2Fapps%3Fx'])
})
