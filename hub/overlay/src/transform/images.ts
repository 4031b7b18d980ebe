import { RE2JS } from 're2js'
import { fail } from '../errors.ts'
import type { Resource } from '../resources/resource.ts'
import type { ResourceSet } from '../resources/resource-set.ts'
import { placeOf } from '../yaml/json.ts'
import { field, isNull, kindName, type Node, tags } from '../yaml/node.ts'
import type { FieldSpec } from './field-spec.ts'
import { type At, setText, visitFields } from './fields.ts'

export interface ImageChange {
  /** The image's name without tag or digest; may be a regular expression, as in the official binary. */
  readonly name: string
  readonly newName: string
  readonly newTag: string
  readonly tagSuffix: string
  readonly digest: string
  readonly at?: At | undefined
}

/** Changes matching images in the field specs and wherever a list is called `containers` or `initContainers`. */
export function changeImages(resources: ResourceSet, change: ImageChange, specs: readonly FieldSpec[]): void {
  const matches = imageMatcher(change.name)
  const update = (node: Node): void => {
    if (isNull(node)) return
    if (node.kind !== 'scalar') fail(`an image must be a scalar, found ${kindName(node)}`, placeOf(node))
    if (matches(node.value)) setText(node, changed(node.value, change), tags.none, change.at)
  }
  for (const resource of resources.all) {
    if (resource.kind === 'CustomResourceDefinition') continue
    walkContainers(resource.node, update)
    visitSpecs(resource, specs, update)
  }
}

function visitSpecs(resource: Resource, specs: readonly FieldSpec[], update: (node: Node) => void): void {
  visitFields(resource, specs, update)
}

function walkContainers(node: Node, update: (node: Node) => void): void {
  const { content } = node
  if (node.kind === 'sequence') {
    for (const element of content) walkContainers(element, update)
  } else if (node.kind === 'mapping') {
    for (let index = 0; index < content.length; index += 2) {
      const value = content[index + 1]!
      if (value.kind === 'scalar') continue
      walkContainers(value, update)
      const name = content[index]!.value
      if ((name === 'containers' || name === 'initContainers') && value.kind === 'sequence')
        updateContainers(value, update)
    }
  }
}

function updateContainers(containers: Node, update: (node: Node) => void): void {
  for (const container of containers.content) {
    if (container.kind !== 'mapping') {
      if (isNull(container)) continue
      fail(`a container must be a mapping, found ${kindName(container)}`, placeOf(container))
    }
    const image = field(container, 'image')
    if (image !== undefined) update(image)
  }
}

/** The name, with an optional tag and an optional digest behind it, and nothing else. */
function imageMatcher(name: string): (image: string) => boolean {
  const pattern = `^${name}(:[a-zA-Z0-9_.{}-]*)?(@[a-zA-Z0-9]+([.+_-][a-zA-Z0-9]+)*:[a-zA-Z0-9_.{}-]*)?$`
  try {
    const compiled = /^[A-Za-z0-9_./:-]*$/.test(name) ? new RegExp(pattern) : undefined
    if (compiled !== undefined) return (image) => compiled.test(image)
    const general = RE2JS.compile(pattern)
    return (image) => general.matcher(image).find()
  } catch {
    // The official binary takes a name that is no regular expression for one that matches nothing.
    return () => false
  }
}

function changed(image: string, change: ImageChange): string {
  const parts = splitImage(image)
  let { tag, digest } = parts
  if (change.newTag !== '' || change.digest !== '') {
    tag = change.newTag
    digest = change.digest
  } else if (change.tagSuffix !== '') {
    tag += change.tagSuffix
    digest = ''
  }
  const name = change.newName === '' ? parts.name : change.newName
  return `${name}${tag === '' ? '' : `:${tag}`}${digest === '' ? '' : `@${digest}`}`
}

/** Splits `registry:5000/name:tag@digest`; a colon before the first slash belongs to the registry. */
export function splitImage(image: string): { name: string; tag: string; digest: string } {
  const slash = Math.max(image.indexOf('/'), 0)
  const at = image.indexOf('@', slash)
  const colon = image.indexOf(':', slash)
  if (at < 0 && colon < 0) return { name: image, tag: '', digest: '' }
  if (at >= 0 && (colon < 0 || at < colon))
    return { name: image.slice(0, at), tag: '', digest: image.slice(at + 1) }
  if (at >= 0)
    return { name: image.slice(0, colon), tag: image.slice(colon + 1, at), digest: image.slice(at + 1) }
  return { name: image.slice(0, colon), tag: image.slice(colon + 1), digest: '' }
}
