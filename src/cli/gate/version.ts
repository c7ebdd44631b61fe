// The version of holdfast, read without loading large modules.
import { projectRoot } from '#src/project-root.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The version in package.json. */
export function holdfastVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'))
  const version: unknown =
    typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, 'version') : undefined
  return typeof version === 'string' ? version : 'unknown'
}
