import { fail, type Problem } from './errors.ts'
import type { Loader } from './loader.ts'
import type { BuiltinSchema } from './schema/custom.ts'
import { hasKnownScope, kubernetesSchema, type Schema } from './schema/schema.ts'

/** What all directories of one build share. */
export class BuildContext {
  readonly loader: Loader
  readonly plainDirectories: boolean
  readonly warnings: Problem[] = []
  #schema: Schema = kubernetesSchema
  #isSchemaChosen = false
  #directories = 0

  constructor(loader: Loader, plainDirectories: boolean) {
    this.loader = loader
    this.plainDirectories = plainDirectories
  }

  /**
   * The schema in force. It follows `openapi:` of the first directory that has one, from then on and for
   * the whole build, as it does in the official binary; objects look it up when they need it.
   */
  readonly schema: Schema = {
    typeOf: (apiVersion, kind) => {
      if (this.builtinSchema !== 'wins') this.builtinSchema = 'loses'
      return this.#schema.typeOf(apiVersion, kind)
    },
    fieldOf: (type, name) => this.#schema.fieldOf(type, name),
    elementOf: (type) => this.#schema.elementOf(type),
    isClusterScoped: (apiVersion, kind) => {
      if (this.builtinSchema === 'absent' && !hasKnownScope(apiVersion, kind)) this.builtinSchema = 'wins'
      return this.#schema.isClusterScoped(apiVersion, kind)
    },
  }

  /** What a document loaded now would do to the built-in schema; depends on what has been looked up before. */
  builtinSchema: BuiltinSchema = 'absent'

  get isSchemaChosen(): boolean {
    return this.#isSchemaChosen
  }

  chooseSchema(schema: Schema): void {
    this.#schema = schema
    this.#isSchemaChosen = true
  }

  enterDirectory(directory: string, level: number): void {
    const { directories, directoryLevels } = this.loader.limits
    this.#directories++
    if (this.#directories > directories)
      fail(`the build visits more than ${directories} directories`, { file: directory })
    if (level > directoryLevels)
      fail(`more than ${directoryLevels} kustomizations are nested`, { file: directory })
  }
}
