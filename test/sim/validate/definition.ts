import { type FieldFault, invalid, required } from '../api/errors.ts'
import { isMap, type Json } from '../schema/schema.ts'
import type { KubeObject } from '../store/object.ts'

/** Faults of a CustomResourceDefinition: its name, its versions, one of them stored, each with a schema. */
export function definitionFaults(crd: KubeObject): FieldFault[] {
  const spec = (isMap(crd.spec) ? crd.spec : {}) as Json
  const names = (isMap(spec.names) ? spec.names : {}) as Json
  const versions = Array.isArray(spec.versions) ? spec.versions.filter(isMap) : []
  const faults: FieldFault[] = []
  const wanted = `${String(names.plural)}.${String(spec.group)}`
  if (crd.metadata.name !== wanted) {
    faults.push(invalid('metadata.name', crd.metadata.name, 'must be spec.names.plural+"."+spec.group'))
  }
  if (spec.scope !== 'Namespaced' && spec.scope !== 'Cluster') {
    const body = `Unsupported value: ${JSON.stringify(spec.scope ?? '')}: supported values: "Cluster", "Namespaced"`
    faults.push({
      type: spec.scope ? 'FieldValueNotSupported' : 'FieldValueRequired',
      field: 'spec.scope',
      body: spec.scope ? body : 'Required value',
    })
  }
  if (versions.filter((version) => version.storage === true).length !== 1) {
    const text = 'must have exactly one version marked as storage version'
    faults.push(
      invalid(
        'spec.versions',
        versions.map((version) => version.name),
        text,
      ),
    )
  }
  for (const [index, version] of versions.entries()) {
    const schema = isMap(version.schema) ? version.schema.openAPIV3Schema : undefined
    if (!isMap(schema)) {
      faults.push(required(`spec.versions[${index}].schema.openAPIV3Schema`, 'schemas are required'))
    } else if (schema.type !== 'object') {
      const field = `spec.versions[${index}].schema.openAPIV3Schema.type`
      faults.push(
        schema.type
          ? invalid(field, schema.type, 'must be object at the root')
          : required(field, 'must not be empty at the root'),
      )
    }
  }
  return faults
}
