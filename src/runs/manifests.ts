// Reads a cluster's manifests: the objects that the lab's cluster runs.
import { errorMessage } from '#src/model/error-message.ts'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseObjects } from '#src/manifests/read.ts'
import type { KubeObject } from '#src/model/kube.ts'
import { folderOf } from './clusters.ts'
import { UsageError } from './settings.ts'

interface File {
  path: string
  text: string
}

function filesOf(cluster: string): readonly File[] {
  const folder = join(folderOf(cluster), 'manifests')
  try {
    return readdirSync(folder)
      .filter(name => /\.ya?ml$/.test(name))
      .toSorted()
      .map(name => ({ path: join(folder, name), text: readFileSync(join(folder, name), 'utf8') }))
  } catch (error) {
    throw new UsageError(
      `The lab needs the manifests of “${cluster}” in ${folder}: ${errorMessage(error)}`,
    )
  }
}

/** Texts of all YAML files in the cluster's `manifests` folder, in the order of their names. */
export const manifestTextsOf = (cluster: string): readonly string[] =>
  filesOf(cluster).map(({ text }) => text)

/** Read once: tests create many worlds from the same manifests. */
const known = new Map<string, readonly KubeObject[]>()

/** The objects in those files, in the same order. */
export function manifestsOf(cluster: string): readonly KubeObject[] {
  const objects =
    known.get(cluster) ?? filesOf(cluster).flatMap(({ path, text }) => parseObjects(text, path))
  known.set(cluster, objects)
  return objects
}
