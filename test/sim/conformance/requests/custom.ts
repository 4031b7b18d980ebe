import { apply, get, group, MERGE, patch, post, STRATEGIC, type Step } from './step.ts'

const widget = (spec: unknown, extra: object = {}) => ({
  apiVersion: 'conformance.example.com/v1',
  kind: 'Widget',
  metadata: { name: 'w' },
  spec,
  ...extra,
})
const widgets = (name = '') => group('conformance.example.com/v1', 'widgets', name)

/** Runs after the definition is established. */
export const CUSTOM: readonly Step[] = [
  apply(
    'widget applied',
    widgets('w'),
    'roadstead',
    widget({ size: 1, parts: [{ name: 'a', n: 1 }, { name: 'b' }], tags: ['x', 'y'] }),
  ),
  apply('widget parts', widgets('w'), 'other', widget({ parts: [{ name: 'c' }], tags: ['z'] })),
  apply(
    'widget loses part',
    widgets('w'),
    'roadstead',
    widget({ size: 1, parts: [{ name: 'a', n: 2 }], tags: ['y'] }),
  ),
  apply('widget conflict', widgets('w'), 'other', widget({ size: 2 })),
  patch('widget merge', `${widgets('w')}?fieldManager=m`, MERGE, {
    spec: { free: { any: ['thing'] }, color: 'blue' },
  }),
  patch('widget strategic', widgets('w'), STRATEGIC, { spec: {} }),
  post('widget invalid', widgets(), {
    ...widget({ size: 'big', color: 'pink', parts: [{ n: 1 }] }),
    metadata: { name: 'i' },
  }),
  post('widget bounds', widgets(), { ...widget({ size: 0 }), metadata: { name: 'i' } }),
  post('widget missing', widgets(), { ...widget({}), metadata: { name: 'i' } }),
  post('widget strict', `${widgets()}?fieldValidation=Strict`, {
    ...widget({ size: 1, sise: 2 }),
    metadata: { name: 'i' },
  }),
  post('widget pruned', widgets(), {
    ...widget({ size: 1, sise: 2 }, { status: { ok: true } }),
    metadata: { name: 'pruned' },
  }),
  apply('widget unknown applied', widgets('u'), 'r', {
    ...widget({ size: 1, sise: 2 }),
    metadata: { name: 'u' },
  }),
  patch('widget status', `${widgets('w/status')}?fieldManager=ctl`, MERGE, {
    status: { ok: true },
    spec: { size: 9 },
  }),
  get('widget list', widgets()),
]

export const DEFINITION = post('definition', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.conformance.example.com' },
  spec: {
    group: 'conformance.example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['size'],
                properties: {
                  size: { type: 'integer', minimum: 1 },
                  color: { type: 'string', enum: ['red', 'blue'], default: 'red' },
                  parts: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name'],
                    items: {
                      type: 'object',
                      required: ['name'],
                      properties: { name: { type: 'string' }, n: { type: 'integer', default: 7 } },
                    },
                  },
                  tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
                  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                },
              },
              status: { type: 'object', properties: { ok: { type: 'boolean' } } },
            },
          },
        },
      },
    ],
  },
})
