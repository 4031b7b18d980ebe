import { fail } from '../errors.ts'
import { generator, string } from '../kustomization/convert.ts'
import { type DecodedObject, decodeLeniently, type Shape } from '../kustomization/decode.ts'
import { secretShape } from '../kustomization/shape.ts'
import { makeObject } from '../kustomization/steps.ts'
import { Resource } from '../resources/resource.ts'
import type { Visit } from '../visit.ts'
import { mapping, type Node, scalar, stringScalar, tags } from '../yaml/node.ts'
import { setField } from '../yaml/set.ts'

const metadata: Shape = { fields: { name: 'string', namespace: 'string' } }
const generatorShape: Shape = {
  fields: { ...(secretShape as { fields: Record<string, Shape> }).fields, metadata },
}

const iamShape: Shape = {
  fields: {
    cloud: 'string',
    kubernetesService: { fields: { name: 'string', namespace: 'string' } },
    serviceAccount: { fields: { name: 'string', projectId: 'string' } },
  },
}

/** A built-in generator whose configuration is an object instead of a field of the kustomization. */
export function convertGenerator(visit: Visit, config: Resource): () => Resource {
  if (config.kind === 'ConfigMapGenerator') return () => keyValueObject(visit, 'ConfigMap', config)
  if (config.kind === 'SecretGenerator') return () => keyValueObject(visit, 'Secret', config)
  if (config.kind === 'IAMPolicyGenerator') return () => serviceAccount(visit, config)
  if (config.kind === 'HelmChartInflationGenerator')
    return fail('HelmChartInflationGenerator is refused: Helm charts are not inflated', config.place)
  return fail(`there is no built-in generator ${config.kind}`, { ...config.place, field: 'kind' })
}

function keyValueObject(visit: Visit, kind: 'ConfigMap' | 'Secret', config: Resource): Resource {
  const decoded = decodeLeniently(config.node, generatorShape)
  const { generator: made, ...rest } = generator(decoded, undefined)
  const about = decoded.metadata as DecodedObject | undefined
  const name = made.name === '' ? string(about?.name) : made.name
  const namespace = made.namespace === '' ? string(about?.namespace) : made.namespace
  return makeObject(visit, kind, { ...rest, generator: { ...made, name, namespace } })
}

/** The service account of a GKE workload identity. */
function serviceAccount(visit: Visit, config: Resource): Resource {
  const decoded = decodeLeniently(config.node, iamShape)
  const service = decoded.kubernetesService as DecodedObject | undefined
  const account = decoded.serviceAccount as DecodedObject | undefined
  if (string(decoded.cloud) !== 'gke')
    fail(`the cloud "${string(decoded.cloud)}" is not supported; gke is`, config.place)
  const about = mapping()
  const node = mapping(
    entries({ apiVersion: scalar('v1', tags.string), kind: stringScalar('ServiceAccount'), metadata: about }),
  )
  setField(about, 'name', stringScalar(string(service?.name)))
  if (string(service?.namespace) !== '')
    setField(about, 'namespace', stringScalar(string(service?.namespace)))
  const resource = new Resource(node, visit.context.schema)
  const identity = `${string(account?.name)}@${string(account?.projectId)}.iam.gserviceaccount.com`
  resource.setAnnotations(new Map([['iam.gke.io/gcp-service-account', identity]]))
  return resource
}

function entries(fields: Readonly<Record<string, Node>>): Node[] {
  return Object.entries(fields).flatMap(([name, value]) => [scalar(name, tags.string), value])
}
