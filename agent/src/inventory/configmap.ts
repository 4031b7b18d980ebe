import { gunzipSync, gzipSync } from 'node:zlib'
import type { AppName, KubernetesObject } from '@roadstead/proto'
import type { LiveObject } from '../kube/index.ts'
import { type AppRecord, readRecord, writeRecord } from './record.ts'

/** Marks the ConfigMaps that hold inventories. */
export const inventoryLabel = 'roadstead.dev/inventory'

/** A ConfigMap holds 1 MiB; up to here the inventory stays readable for people. */
const plainBytes = 256 * 1024

export const inventoryName = (app: AppName): string => `roadstead-inventory-${app}`

/** The copy of an app's inventory that survives the loss of the agent's disk. */
export function inventoryObject(record: AppRecord, namespace: string): KubernetesObject {
  const text = writeRecord(record, { full: false })
  const payload =
    text.length <= plainBytes
      ? { data: { 'inventory.json': text } }
      : { binaryData: { 'inventory.json.gz': gzipSync(text, { level: 6 }).toString('base64') } }
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: inventoryName(record.app), namespace, labels: { [inventoryLabel]: record.app } },
    ...payload,
  }
}

/** @throws RoadsteadError `undecodable` */
export function recordOf(configMap: LiveObject): AppRecord {
  const { data, binaryData } = configMap as {
    data?: Record<string, string>
    binaryData?: Record<string, string>
  }
  const packed = binaryData?.['inventory.json.gz']
  const text = packed
    ? gunzipSync(Buffer.from(packed, 'base64'), { maxOutputLength: 64 * 1024 * 1024 }).toString()
    : data?.['inventory.json']
  return readRecord(text ?? '')
}
