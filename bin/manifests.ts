// Reads a cluster's manifests: what the lab's cluster runs.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { folderOf } from './clusters.ts'
import { UsageError } from './settings.ts'

/** Texts of all YAML files in the cluster's `manifests` folder, in the order of their names. */
export function manifestsOf(cluster: string): readonly string[] {
  const folder = join(folderOf(cluster), 'manifests')
  try {
    return readdirSync(folder).filter(name => /\.ya?ml$/.test(name)).toSorted().map(name => readFileSync(join(folder, name), 'utf8'))
  } catch (error) {
    throw new UsageError(`The lab needs the manifests of “${cluster}” in ${folder}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
