// Packs the OpenAPI documents of Kubernetes versions into src/schema/packed/kubernetes.json.br.
// docs/schema.md says where to get the sources.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { pack, type Published } from './pack.ts'

function published(argument: string): Published {
  const [version, folder] = argument.split('=')
  if (version === undefined || folder === undefined || !/^\d+\.\d+$/.test(version))
    throw new Error(`“${argument}” is not <version>=<folder>, such as 1.35=kubernetes-1.35.0`)
  const documents = join(folder, 'api', 'openapi-spec', 'v3')
  return {
    version,
    documents: readdirSync(documents)
      .filter(name => name.endsWith('.json'))
      .toSorted()
      .map(name => JSON.parse(readFileSync(join(documents, name), 'utf8')) as unknown),
    generated: readFileSync(
      join(folder, 'pkg', 'generated', 'openapi', 'zz_generated.openapi.go'),
      'utf8',
    ),
  }
}

const text = pack(
  process.argv
    .slice(2)
    .map(published)
    .toSorted((a, b) => Number(a.version.split('.')[1]) - Number(b.version.split('.')[1])),
)
const packed = brotliCompressSync(text, {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
  },
})
writeFileSync(join(import.meta.dirname, 'kubernetes.json.br'), packed)
process.stdout.write(`${text.length} bytes packed into ${packed.length}\n`)
