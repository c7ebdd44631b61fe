// Manifests for tests, built from objects. Each member has its own line, in document order.
import type { Manifest, ManifestObject, ManifestSet, Path, Span } from '#src/model/index.ts'

/** The path of each line of an object, printed as JSON with two spaces. */
function rowsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return []
  const entries: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? value.map((item: unknown, index) => [index, item] as const)
    : Object.entries(value)
  return entries.flatMap(([key, inner]) => [[...path, key], ...rowsOf(inner, [...path, key])])
}

const same = (a: Path, b: Path): boolean =>
  a.length === b.length && a.every((step, index) => step === b[index])

/** A manifest whose first line is `line`; each member below it has the next one. */
export function manifestOf(
  object: ManifestObject,
  file = 'a.yaml',
  { line = 1, document = 0 }: { line?: number; document?: number } = {},
): Manifest {
  const rows = rowsOf(object)
  const where = (path: Path): Span => {
    const index = path.length === 0 ? -1 : rows.findIndex(row => same(row, path))
    if (index < 0 && path.length > 0) return where(path.slice(0, -1))
    const at = line + index + 1
    const column = path.length * 2 + 1
    return {
      line: at,
      column,
      endLine: at,
      endColumn: column + String(path.at(-1) ?? '').length,
      from: 0,
      to: 0,
    }
  }
  return { object, file, document, where }
}

export const setOf = (...manifests: readonly Manifest[]): ManifestSet => ({
  manifests,
  problems: [],
  texts: new Map([...new Set(manifests.map(({ file }) => file))].map(file => [file, ''])),
})

/** A Deployment with one container that has these members. */
export const deployment = (
  name: string,
  container: Record<string, unknown> = {},
  metadata: Partial<ManifestObject['metadata']> = {},
): ManifestObject & { spec: Record<string, unknown> } => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'joelclaw', ...metadata },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'main', image: 'registry.example/app:1.0.0', ...container }] },
    },
  },
})
