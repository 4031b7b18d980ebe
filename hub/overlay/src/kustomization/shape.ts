import type { Shape } from './decode.ts'

/** The fields of a kustomization file, those of every format it has had. */

const strings: Shape = { list: 'string' }
const pairs: Shape = { map: 'string' }

export const fieldSpecShape: Shape = {
  fields: { group: 'string', version: 'string', kind: 'string', path: 'string', create: 'boolean' },
}

const selectorFields = {
  group: 'string',
  version: 'string',
  kind: 'string',
  name: 'string',
  namespace: 'string',
  annotationSelector: 'string',
  labelSelector: 'string',
} as const

export const selectorShape: Shape = { fields: selectorFields }

export const patchShape: Shape = {
  fields: {
    path: 'string',
    patch: 'string',
    target: selectorShape,
    options: { fields: { allowNameChange: 'boolean', allowKindChange: 'boolean' } },
  },
}

export const imageShape: Shape = {
  fields: { name: 'string', newName: 'string', tagSuffix: 'string', newTag: 'string', digest: 'string' },
}

const fieldOptions: Shape = {
  fields: { delimiter: 'string', index: 'integer', encoding: 'string', create: 'boolean' },
}

const replacementFields = {
  source: {
    fields: {
      group: 'string',
      version: 'string',
      kind: 'string',
      name: 'string',
      namespace: 'string',
      fieldPath: 'string',
      options: fieldOptions,
    },
  },
  sourceValue: 'string',
  targets: {
    list: {
      fields: {
        select: selectorShape,
        reject: { list: selectorShape },
        fieldPaths: strings,
        options: fieldOptions,
      },
    },
  },
} as const satisfies Record<string, Shape>

export const replacementShape: Shape = { fields: replacementFields }
export const replacementOrPathShape: Shape = { fields: { path: 'string', ...replacementFields } }

const generatorOptions: Shape = {
  fields: { labels: pairs, annotations: pairs, disableNameSuffixHash: 'boolean', immutable: 'boolean' },
}

const generatorFields = {
  namespace: 'string',
  name: 'string',
  behavior: 'string',
  literals: strings,
  files: strings,
  envs: strings,
  env: 'string',
  options: generatorOptions,
} as const satisfies Record<string, Shape>

export const configMapShape: Shape = { fields: generatorFields }
export const secretShape: Shape = { fields: { ...generatorFields, type: 'string' } }

export const labelShape: Shape = {
  fields: {
    pairs,
    includeSelectors: 'boolean',
    includeTemplates: 'boolean',
    includeVolumeClaimTemplates: 'boolean',
    fields: { list: fieldSpecShape },
  },
}

const varShape: Shape = {
  fields: {
    name: 'string',
    objref: {
      fields: {
        apiVersion: 'string',
        group: 'string',
        version: 'string',
        kind: 'string',
        name: 'string',
        namespace: 'string',
      },
    },
    fieldref: { fields: { fieldPath: 'string' } },
  },
}

export const sortOptionsShape: Shape = {
  fields: { order: 'string', legacySortOptions: { fields: { orderFirst: strings, orderLast: strings } } },
}

/** Fields that are refused by name; see `refusedFields`. */
const refused: Shape = 'any'

export const kustomizationShape: Shape = {
  fields: {
    apiVersion: 'string',
    kind: 'string',
    metadata: { fields: { name: 'string', namespace: 'string', labels: pairs, annotations: pairs } },
    openapi: pairs,
    namePrefix: 'string',
    nameSuffix: 'string',
    namespace: 'string',
    commonLabels: pairs,
    labels: { list: labelShape },
    commonAnnotations: pairs,
    patchesStrategicMerge: strings,
    patchesJson6902: { list: patchShape },
    patches: { list: patchShape },
    images: { list: imageShape },
    imageTags: { list: imageShape },
    replacements: { list: replacementOrPathShape },
    replicas: { list: { fields: { name: 'string', count: 'integer' } } },
    vars: { list: varShape },
    sortOptions: sortOptionsShape,
    resources: strings,
    components: strings,
    crds: strings,
    bases: strings,
    configMapGenerator: { list: configMapShape },
    secretGenerator: { list: secretShape },
    generatorOptions,
    configurations: strings,
    generators: strings,
    transformers: strings,
    validators: strings,
    buildMetadata: strings,
    helmGlobals: refused,
    helmCharts: refused,
    helmChartInflationGenerator: refused,
  },
}

/** Fields that ask for something a pure renderer cannot do. */
export const refusedFields: Readonly<Record<string, string>> = {
  helmGlobals: 'Helm charts are not inflated; render the chart and commit the result',
  helmCharts: 'Helm charts are not inflated; render the chart and commit the result',
  helmChartInflationGenerator: 'Helm charts are not inflated; render the chart and commit the result',
}

const fieldSpecs: Shape = { list: fieldSpecShape }

/** Files named in `configurations:`. */
export const configurationShape: Shape = {
  fields: {
    namePrefix: fieldSpecs,
    nameSuffix: fieldSpecs,
    namespace: fieldSpecs,
    commonLabels: fieldSpecs,
    labels: fieldSpecs,
    templateLabels: fieldSpecs,
    volumeClaimTemplateLabels: fieldSpecs,
    commonAnnotations: fieldSpecs,
    nameReference: { list: { fields: { group: 'string', version: 'string', kind: 'string', fieldSpecs } } },
    varReference: fieldSpecs,
    images: fieldSpecs,
    replicas: fieldSpecs,
  },
}
