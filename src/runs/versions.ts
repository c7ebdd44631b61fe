// Versions of what makes a report.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { projectRoot } from '#src/project-root.ts'

const manifest = z.object({ version: z.string(), dependencies: z.record(z.string(), z.string()) })

/** Versions of holdfast, of Node and of the packages that a verdict depends on. */
export function versions(): Readonly<Record<string, string>> {
  const { version, dependencies } = manifest.parse(
    JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')),
  )
  return {
    holdfast: version,
    node: process.versions.node,
    vitest: dependencies['vitest'] ?? '',
    kubernetesClient: dependencies['@kubernetes/client-node'] ?? '',
  }
}
