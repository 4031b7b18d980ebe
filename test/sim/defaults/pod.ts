import { isMap, type Json } from '../schema/schema.ts'

/** Sets a field that was not given. */
export function fill(target: Json, field: string, value: unknown): void {
  if (target[field] === undefined) target[field] = value
}

export const mapAt = (target: Json, field: string): Json | undefined => {
  const value = target[field]
  return isMap(value) ? value : undefined
}

export const listAt = (target: Json, field: string): Json[] => {
  const value = target[field]
  return Array.isArray(value) ? value.filter(isMap) : []
}

/** Defaults of a pod template or a pod's own spec (kubernetes pkg/apis/core/v1/defaults.go). */
export function defaultPodSpec(spec: Json): void {
  fill(spec, 'restartPolicy', 'Always')
  fill(spec, 'dnsPolicy', 'ClusterFirst')
  fill(spec, 'securityContext', {})
  fill(spec, 'terminationGracePeriodSeconds', 30)
  fill(spec, 'schedulerName', 'default-scheduler')
  // The old name of the field is kept in step with the new one.
  if (spec.serviceAccountName !== undefined) fill(spec, 'serviceAccount', spec.serviceAccountName)
  else if (spec.serviceAccount !== undefined) spec.serviceAccountName = spec.serviceAccount
  for (const list of ['initContainers', 'containers']) {
    for (const container of listAt(spec, list)) defaultContainer(container)
  }
  for (const volume of listAt(spec, 'volumes')) defaultVolume(volume)
}

/** Defaults only a pod itself gets, not a template. */
export function defaultPod(spec: Json): void {
  defaultPodSpec(spec)
  fill(spec, 'enableServiceLinks', true)
  for (const container of [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')]) {
    const resources = mapAt(container, 'resources')
    const limits = resources && mapAt(resources, 'limits')
    if (spec.hostNetwork === true) {
      for (const port of listAt(container, 'ports')) fill(port, 'hostPort', port.containerPort)
    }
    if (resources && limits) resources.requests = { ...limits, ...(mapAt(resources, 'requests') ?? {}) }
  }
}

function defaultContainer(container: Json): void {
  fill(container, 'imagePullPolicy', pullPolicy(String(container.image ?? '')))
  fill(container, 'terminationMessagePath', '/dev/termination-log')
  fill(container, 'terminationMessagePolicy', 'File')
  for (const port of listAt(container, 'ports')) {
    fill(port, 'protocol', 'TCP')
  }
  for (const env of listAt(container, 'env')) {
    const fieldRef = mapAt(mapAt(env, 'valueFrom') ?? {}, 'fieldRef')
    if (fieldRef) fill(fieldRef, 'apiVersion', 'v1')
    const resource = mapAt(mapAt(env, 'valueFrom') ?? {}, 'resourceFieldRef')
    if (resource) fill(resource, 'divisor', '0')
  }
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = mapAt(container, name)
    if (probe) defaultProbe(probe)
  }
  const lifecycle = mapAt(container, 'lifecycle')
  for (const hook of ['postStart', 'preStop']) {
    const get = lifecycle && mapAt(mapAt(lifecycle, hook) ?? {}, 'httpGet')
    if (get) defaultHttpGet(get)
  }
}

/** `Always` for `:latest` or no tag at all; a digest does not count as a tag. */
function pullPolicy(image: string): string {
  if (image.includes('@')) return 'IfNotPresent'
  const tag = /:([^/:]+)$/.exec(image)?.[1]
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent'
}

function defaultProbe(probe: Json): void {
  fill(probe, 'timeoutSeconds', 1)
  fill(probe, 'periodSeconds', 10)
  fill(probe, 'successThreshold', 1)
  fill(probe, 'failureThreshold', 3)
  const get = mapAt(probe, 'httpGet')
  if (get) defaultHttpGet(get)
  const grpc = mapAt(probe, 'grpc')
  if (grpc) fill(grpc, 'service', '')
}

function defaultHttpGet(get: Json): void {
  fill(get, 'path', '/')
  fill(get, 'scheme', 'HTTP')
}

const MODE_0644 = 420

function defaultVolume(volume: Json): void {
  if (Object.keys(volume).every((key) => key === 'name')) volume.emptyDir = {}
  for (const source of ['secret', 'configMap', 'downwardAPI', 'projected']) {
    const found = mapAt(volume, source)
    if (found) fill(found, 'defaultMode', MODE_0644)
  }
  const hostPath = mapAt(volume, 'hostPath')
  if (hostPath) fill(hostPath, 'type', '')
  for (const source of listAt(mapAt(volume, 'projected') ?? {}, 'sources')) {
    const token = mapAt(source, 'serviceAccountToken')
    if (token) fill(token, 'expirationSeconds', 3600)
    defaultDownward(mapAt(source, 'downwardAPI'))
  }
  defaultDownward(mapAt(volume, 'downwardAPI'))
  const claim = mapAt(mapAt(volume, 'ephemeral') ?? {}, 'volumeClaimTemplate')
  const claimSpec = claim && mapAt(claim, 'spec')
  if (claimSpec) fill(claimSpec, 'volumeMode', 'Filesystem')
}

function defaultDownward(source: Json | undefined): void {
  for (const item of source ? listAt(source, 'items') : []) {
    const ref = mapAt(item, 'fieldRef')
    if (ref) fill(ref, 'apiVersion', 'v1')
  }
}
