// A kept node in any state, paused or stopped too: holdfast undoes what a drill left on it before
// it deploys or waits.
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { docker } from '#helpers/docker/client.ts'
import { nodeRuntime } from './node-runtime.ts'
import { guarded, type GuardOptions } from '#helpers/forbidden/forbidden.ts'
import { findKept } from '#src/targets/container/index.ts'
import type { Policy, Runtime } from '#src/model/index.ts'
import type { Settings } from '#src/runs/settings.ts'
import { journalFolder, worldsWithJournals } from '#src/runs/process/state.ts'

/** ms for one command of Docker. */
const patience = 10_000

/** Whether Docker still has a container. Rejects if Docker does not answer. */
async function isThere(runtime: Runtime, container: string): Promise<boolean> {
  try {
    await docker({ runtime, deadline: patience, signal: new AbortController().signal }).inspect(
      container,
    )
    return true
  } catch (error) {
    if (error instanceof Error && /No such (object|container)/i.test(error.message)) return false
    throw error
  }
}

/** A kept node and the way to reach it. */
export interface Kept {
  runtime: Runtime
  policy: Policy
  settings: Settings
}

/**
 * The kept nodes of a policy's cluster: the running one, and every node with leftovers, in any
 * state. If the settings name a node, only that one: another node may be in use. Journals of
 * removed nodes are deleted, because nothing is left to undo.
 */
export async function keptNodes(
  settings: Settings,
  policy: Policy,
  guard: GuardOptions,
): Promise<readonly Kept[]> {
  const left = worldsWithJournals().flatMap(world =>
    world.startsWith(`container-holdfast-${policy.cluster}-`)
      ? [world.slice('container-'.length)]
      : [],
  )
  const found =
    settings.node === undefined ? [await findKept(policy.cluster), ...left] : [settings.node]
  const nodes: Kept[] = []
  for (const container of new Set(found.filter(name => name !== undefined))) {
    const runtime = guarded(nodeRuntime(container, settings.seed), guard)
    if (!(await isThere(runtime, container))) {
      rmSync(journalFolder(`container-${container}`), { recursive: true, force: true })
      continue
    }
    nodes.push({
      runtime,
      policy: {
        ...policy,
        identity: { ...policy.identity, kubeconfig: join(tmpdir(), container, 'kubeconfig') },
        nodes: policy.nodes.map(node =>
          node.container === undefined
            ? node
            : { ...node, container: { ...node.container, name: container } },
        ),
      },
      settings: { ...settings, keep: true, node: container },
    })
  }
  return nodes
}
