// Finds a cluster's policy by name or path, and checks it.
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { projectRoot } from '#src/project-root.ts'
import { parsePolicy } from '#helpers/policy.ts'
import { errorMessage, PolicyError, type Policy } from '#src/model/index.ts'
import { UsageError } from './settings.ts'

const folder = join(projectRoot, 'clusters')

/** Names of the clusters in the project. */
export const clusterNames = (): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && existsSync(join(folder, entry.name, 'policy.ts')))
    .map(entry => entry.name)
    .toSorted()

/** The folder of a cluster's data, for manifests. */
export const folderOf = (cluster: string): string =>
  clusterNames().includes(cluster) ? join(folder, cluster) : dirname(resolve(cluster))

function fileOf(cluster: string): string {
  if (clusterNames().includes(cluster)) return join(folder, cluster, 'policy.ts')
  const file = resolve(cluster)
  if (/\.(ts|js|mjs|json)$/.test(cluster) && existsSync(file)) return file
  throw new UsageError(
    `Unknown cluster “${cluster}”. Clusters: ${clusterNames().join(', ')}. ` +
      'Or give the path of a policy file, e.g. --cluster ./my-cluster/policy.ts.',
  )
}

/** The file of each loaded policy, for messages. */
const files = new WeakMap<Policy, string>()

/** The file of a policy; the cluster's name if it comes from no file. */
export const policyFile = (policy: Policy): string => files.get(policy) ?? policy.cluster

/** Loads and checks a policy. Throws a UsageError that names the file and every mistake in it. */
export async function loadPolicy(cluster: string): Promise<Policy> {
  const file = fileOf(cluster)
  try {
    const loaded: unknown = await import(
      pathToFileURL(file).href,
      file.endsWith('.json') ? { with: { type: 'json' } } : undefined
    )
    const data: unknown =
      typeof loaded === 'object' && loaded !== null && 'default' in loaded
        ? loaded.default
        : undefined
    if (data === undefined)
      throw new PolicyError(
        `${file} has no default export: write “export default definePolicy({ … })”`,
      )
    const policy = parsePolicy(data, file)
    files.set(policy, file)
    return policy
  } catch (error) {
    if (error instanceof PolicyError) throw new UsageError(error.message)
    throw new UsageError(`Could not load ${file}: ${errorMessage(error)}${remedyOf(error)}`)
  }
}

/** The remedy for an import that resolves only inside the project, or not at all. */
function remedyOf(error: unknown): string {
  if (error instanceof ReferenceError && error.message.startsWith('definePolicy ')) {
    return (
      '. In the project, import it from “#src/model/policy/define.ts”; ' +
      'elsewhere, export the object without it.'
    )
  }
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ERR_PACKAGE_IMPORT_NOT_DEFINED'
    ? `. Paths with “#” work inside ${projectRoot} only: move the policy's folder there, ` +
        'e.g. to clusters/, or export the object without definePolicy.'
    : ''
}
