// Loads the `yaml` library for the first document that needs it: most manifests are plain, and
// loading it takes a fifth of a start.
import { createRequire } from 'node:module'
import type * as Yaml from 'yaml'

let loaded: typeof Yaml | undefined

/** The library; its own types describe it. */
export const yaml = (): typeof Yaml =>
  (loaded ??= createRequire(import.meta.url)('yaml') as typeof Yaml)
