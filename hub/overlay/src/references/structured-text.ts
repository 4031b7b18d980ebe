import { goJson } from '../generate/hash.ts'
import { defaultLimits } from '../limits.ts'
import { toJson } from '../yaml/json.ts'
import { field, type Node, type NodeKind } from '../yaml/node.ts'
import { parseOne } from '../yaml/parse.ts'
import { matchPath } from './path-matcher.ts'
import { rewriteYaml } from './yaml-text.ts'

/**
 * A path may lead into a text that itself holds JSON or YAML, such as a file in a ConfigMap:
 * `data.config\.json.server.port`. Returns false when this path does not lead into a text.
 */
export function setInsideText(
  root: Node,
  path: readonly string[],
  create: NodeKind | undefined,
  set: (node: Node) => void,
): boolean {
  const found = findText(root, path)
  if (found === undefined) return false
  const { holder, rest } = found
  const document = parse(holder.value)
  if (document === undefined || document.kind === 'scalar') return false
  const targets = matchPath(document, rest, create)
  if (targets.length === 0) return false
  const changes = targets.map((node) => ({ node, line: node.line, column: node.column }))
  for (const target of targets) set(target)
  const isJson = /^\s*[{[]/.test(holder.value)
  holder.value = isJson ? writeJson(document, holder.value) : rewriteYaml(changes, holder)
  return true
}

function findText(root: Node, path: readonly string[]): { holder: Node; rest: string[] } | undefined {
  let current: Node | undefined = root
  for (let depth = 0; depth < path.length - 1 && current !== undefined; depth++) {
    current = field(current, path[depth]!)
    if (current?.kind === 'scalar') return { holder: current, rest: path.slice(depth + 1) }
  }
  return undefined
}

function parse(text: string): Node | undefined {
  try {
    return parseOne(text, '', { limits: defaultLimits })
  } catch {
    return undefined
  }
}

function writeJson(document: Node, original: string): string {
  const compact = goJson(toJson(document))
  return original.includes('\n') && original.includes('  ') ? indentJson(compact) : compact
}

/** Go's two-space indentation. */
function indentJson(compact: string): string {
  let depth = 0
  let isInString = false
  let result = ''
  for (let index = 0; index < compact.length; index++) {
    const character = compact[index]!
    if (isInString) {
      result += character
      if (character === '\\') result += compact[++index]
      else if (character === '"') isInString = false
    } else if (character === '"') {
      isInString = true
      result += character
    } else if (character === '{' || character === '[') {
      const isEmpty = compact[index + 1] === '}' || compact[index + 1] === ']'
      if (isEmpty) result += character + compact[++index]
      else result += `${character}\n${'  '.repeat(++depth)}`
    } else if (character === '}' || character === ']') result += `\n${'  '.repeat(--depth)}${character}`
    else if (character === ',') result += `,\n${'  '.repeat(depth)}`
    else if (character === ':') result += ': '
    else result += character
  }
  return result
}
