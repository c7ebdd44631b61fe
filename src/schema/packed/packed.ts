// Loads the packed definitions of Kubernetes from the file beside this one, once in a process, on
// first use.
import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'
import { openSchemaStore, type SchemaStore } from './schema-store.ts'

let schemaStore: SchemaStore | undefined

/**
 * All packed versions. Throws if the file is missing or broken; `src/schema/packed/pack-schema.ts`
 * writes it.
 */
export function packedSchemas(): SchemaStore {
  schemaStore ??= openSchemaStore(
    brotliDecompressSync(readFileSync(new URL('kubernetes.json.br', import.meta.url))).toString(
      'utf8',
    ),
  )
  return schemaStore
}
