// The YAML library, loaded for the first document that needs it: most manifests are plain, and it
// is a fifth of a start.
import { createRequire } from 'node:module'
import type * as Yaml from 'yaml'

let loaded: typeof Yaml | undefined

/** The library. What it holds is what its types say. */
export const yaml = (): typeof Yaml =>
  (loaded ??= createRequire(import.meta.url)('yaml') as typeof Yaml)
