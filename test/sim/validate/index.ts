import type { FieldFault } from '../api/errors.ts'
import type { ResourceKind } from '../resources/kind.ts'
import type { KubeObject } from '../store/object.ts'
import { addedFinalizerFaults, metaFaults } from './meta.ts'

/** Why a new object is invalid; empty when it is not. */
export function createFaults(_kind: ResourceKind, object: KubeObject): FieldFault[] {
  return metaFaults(object)
}

/** Why a change is invalid: the object itself, and what may not change. */
export function updateFaults(
  _kind: ResourceKind,
  live: KubeObject,
  next: KubeObject,
  _subresource: string,
): FieldFault[] {
  return [...metaFaults(next), ...addedFinalizerFaults(live, next)]
}
