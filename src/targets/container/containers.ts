// Finds and removes the containers of nodes by their labels.
import { dockerSays } from './docker.ts'

/** The run that started a container. */
export const runLabel = 'holdfast.run'
/** The cluster of its policy. */
export const clusterLabel = 'holdfast.cluster'
/** Whether it outlives its run. */
export const keptLabel = 'holdfast.kept'

/**
 * The deadline of a removal, ms: a node with its pods takes seconds, on a busy host longer.
 * @source measured on a v1.35 node: docker rm, 1 to 3 s /
 */
const patience = 60_000

const idsOf = async (...filters: readonly string[]): Promise<readonly string[]> =>
  (await dockerSays(['ps', '--all', '--quiet', ...filters.flatMap(filter => ['--filter', filter])]))
    .split('\n')
    .filter(Boolean)

/** Removes all containers of a run in any state, with their volumes. */
export async function removeNodes(run: string): Promise<void> {
  const found = await idsOf(`label=${runLabel}=${run}`)
  if (found.length > 0) await dockerSays(['rm', '--force', '--volumes', ...found], patience)
}

/**
 * The name of the newest running container that was kept for a cluster; undefined: there is none.
 */
export async function findKept(cluster: string): Promise<string | undefined> {
  const [id] = await idsOf(
    `label=${clusterLabel}=${cluster}`,
    `label=${keptLabel}=yes`,
    'status=running',
  )
  return id === undefined
    ? undefined
    : (await dockerSays(['inspect', '--format', '{{.Name}}', id])).trim().replace(/^\//, '')
}
