// Finds a cluster's policy by name or path, and checks it.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { projectRoot } from '#src/project-root.ts'
import { parsePolicy } from '#helpers/policy.ts'
import { PolicyError, type Policy } from '#src/model/index.ts'
import { nearest } from '#src/commands/nearest.ts'
import { placeOf } from './policy/place-of-error.ts'
import { UsageError } from './settings.ts'

const folder = join(projectRoot, 'clusters')

const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() === true

/** Names of the clusters in the project. */
export const clusterNames = (): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && existsSync(join(folder, entry.name, 'policy.ts')))
    .map(entry => entry.name)
    .toSorted()

/** The folder of a cluster's data, for manifests. */
export const folderOf = (cluster: string): string =>
  clusterNames().includes(cluster) ? join(folder, cluster) : dirname(resolve(cluster))

/** The files that a policy may be, by their endings. */
const policyEndings = ['.ts', '.js', '.mjs', '.json']

/** Why a word names no policy. */
function unknownCluster(cluster: string): UsageError {
  const file = resolve(cluster)
  const names = clusterNames()
  const hint = (word: string): string => {
    const near = nearest(word, names)
    return near === undefined ? '' : ` Did you mean “${near}”?`
  }
  const found = statSync(file, { throwIfNoEntry: false })
  if (found?.isDirectory() === true)
    return new UsageError(
      `There is no policy.ts in the folder ${cluster}. Give the path of the policy file, ` +
        `e.g. --cluster ./my-cluster/policy.ts, or the name of a cluster: ${names.join(', ')}.`,
    )
  if (found !== undefined)
    return new UsageError(
      `${cluster} is not a policy file: expected ${policyEndings.join(', ')}, e.g. policy.ts.`,
    )
  if (/[/\\]/.test(cluster) || policyEndings.includes(extname(cluster)))
    return new UsageError(
      `There is no policy file ${cluster}.${hint(basename(cluster, extname(cluster)))} Correct ` +
        `the path of --cluster, or name a cluster: ${names.join(', ')}.`,
    )
  return new UsageError(
    `Unknown cluster “${cluster}”.${hint(cluster)} Clusters: ${names.join(', ')}. ` +
      'Or give the path of a policy file, e.g. --cluster ./my-cluster/policy.ts.',
  )
}

function fileOf(cluster: string): string {
  if (clusterNames().includes(cluster)) return join(folder, cluster, 'policy.ts')
  const file = resolve(cluster)
  if (policyEndings.includes(extname(cluster)) && isFile(file)) return file
  // A folder of a cluster, such as clusters/joelclaw/, has its policy where the project has them.
  const inside = join(file, 'policy.ts')
  if (isFile(inside)) return inside
  throw unknownCluster(cluster)
}

/** The file of each loaded policy, for messages. */
const files = new WeakMap<Policy, string>()

/** The file of a policy; the cluster's name if it comes from no file. */
export const policyFile = (policy: Policy): string => files.get(policy) ?? policy.cluster

/** The default export of a policy file. */
async function exported(file: string): Promise<unknown> {
  const loaded: unknown = await import(
    pathToFileURL(file).href,
    file.endsWith('.json') ? { with: { type: 'json' } } : undefined
  )
  const data: unknown =
    typeof loaded === 'object' && loaded !== null && 'default' in loaded
      ? loaded.default
      : undefined
  if (data !== undefined) return data
  throw new PolicyError(`${file} has no default export: write “export default definePolicy({ … })”`)
}

/** The policy in the data of a file. Throws a UsageError with its mistakes of shape and proof. */
async function checked(data: unknown, file: string): Promise<Policy> {
  try {
    return parsePolicy(data, file)
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    // Loaded only now: it loads every drill, which the gate does not need.
    const { clausesWithin, unknownProofs } = await import('./policy/proofs.ts')
    throw new UsageError([error.message, ...unknownProofs(clausesWithin(data))].join('\n'))
  }
}

/** Loads and checks a policy. Throws a UsageError that names the file and every mistake in it. */
export async function loadPolicy(cluster: string): Promise<Policy> {
  const file = fileOf(cluster)
  try {
    const policy = await checked(await exported(file), file)
    files.set(policy, file)
    return policy
  } catch (error) {
    if (error instanceof UsageError) throw error
    if (error instanceof PolicyError) throw new UsageError(error.message)
    const { place, message } = await placeOf(error, file)
    throw new UsageError(`Could not load ${place}: ${message}${remedyOf(error)}`)
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
