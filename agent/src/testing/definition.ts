import type { ClusterBench } from './cluster.ts'

/** A custom kind that is this test's own, and objects of it; gone after the test. */
export function widgetsOf(bench: ClusterBench) {
  const group = `${bench.unique('widgets')}.example.dev`
  const name = `widgets.${group}`
  const apiVersion = 'apiextensions.k8s.io/v1'
  const schema = {
    type: 'object',
    properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
  }
  const definition = {
    apiVersion,
    kind: 'CustomResourceDefinition',
    metadata: { name },
    spec: {
      group,
      names: { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  }
  bench.cleanUp(() => bench.cluster.objects.delete({ apiVersion, kind: definition.kind, name }))
  const widget = (name: string, namespace = bench.namespace, spec: object = { size: 3 }) => ({
    apiVersion: `${group}/v1`,
    kind: 'Widget',
    metadata: { name, namespace },
    spec,
  })
  return { definition, widget }
}
