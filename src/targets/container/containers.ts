// Node containers by their labels: whose they are, which of them was kept, and removing them with
// their volumes.
import { dockerSays } from './docker.ts'

/** The run that started a container. */
export const runLabel = 'holdfast.run'
/** The cluster that it stands for. */
export const clusterLabel = 'holdfast.cluster'
/** It was meant to outlive its run. */
export const keptLabel = 'holdfast.kept'

/**
 * ms: a node with its pods takes seconds to remove, a busy host more. @source measured on a v1.35
 * node: docker rm, 1 to 3 s
 */
const patience = 60_000

const idsOf = async (...filters: readonly string[]): Promise<readonly string[]> =>
  (await dockerSays(['ps', '--all', '--quiet', ...filters.flatMap(filter => ['--filter', filter])]))
    .split('\n')
    .filter(Boolean)

/** Removes every container of a run, with its volumes, whatever state it is in. */
export async function removeNodes(run: string): Promise<void> {
  const found = await idsOf(`label=${runLabel}=${run}`)
  if (found.length > 0) await dockerSays(['rm', '--force', '--volumes', ...found], patience)
}

/**
 * The name of a kept container of a cluster that runs; undefined where there is none. The newest,
 * should there be several.
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
