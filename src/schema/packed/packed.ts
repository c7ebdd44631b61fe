// Loads the packed definitions of Kubernetes from beside this file: once in a process, when they
// are first asked for.
import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'
import { openSchemaStore, type SchemaStore } from './schema-store.ts'

let schemaStore: SchemaStore | undefined

/**
 * All packed versions. Throws where the file is missing or broken: it is made by
 * `src/schema/packed/pack-schema.ts`.
 */
export function packedSchemas(): SchemaStore {
  schemaStore ??= openSchemaStore(
    brotliDecompressSync(readFileSync(new URL('kubernetes.json.br', import.meta.url))).toString(
      'utf8',
    ),
  )
  return schemaStore
}
