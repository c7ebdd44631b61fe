// Opens the target `container`: starts a node or finds a kept one, deploys the cluster's manifests
// and waits until the policy holds. The node is removed at the end.
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { guarded, type GuardOptions } from '#helpers/forbidden/forbidden.ts'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import {
  fails,
  formatDuration,
  nameOf,
  type KubeObject,
  type Policy,
  type Runtime,
} from '#src/model/index.ts'
import { manifestsOf } from '#src/runs/manifests.ts'
import type { Target } from '#src/runs/opened.ts'
import { recoverPrevious } from '#src/runs/recovery/recover.ts'
import { UsageError, type Settings } from '#src/runs/settings.ts'
import { invariants } from '#specs/invariants/index.ts'
import { adapted, type Found } from '#src/targets/container/adapt.ts'
import { findDocker, findKept, NoDocker } from '#src/targets/container/index.ts'
import { broughtBy, deploy } from './deploy.ts'
import { keptNodes } from './kept.ts'
import { lifetimeOf } from './lifetime.ts'
import { containerOf, findAgain, nodeOf, start, type ContainerNode, type Tell } from './node.ts'
import { nodeRuntime } from './node-runtime.ts'

/**
 * How long a node may take until the policy holds on it, ms: 45 s where its images are present.
 * @source measured on a v1.35 node
 */
const patience = 300_000
/** How often the policy is evaluated until then, ms. */
const every = 2_000

/**
 * Evaluates until the policy holds, and resolves with the policy of the node at that time: some
 * workloads of the node appear late. After the patience the run continues, and reports what fails.
 */
async function untilItHolds(
  runtime: Runtime,
  policyNow: () => Promise<Policy>,
  tell: Tell,
): Promise<Policy> {
  const began = runtime.clock.now()
  for (;;) {
    const policy = await policyNow()
    const { judgements } = await evaluate(invariants, runtime, policy)
    const failing = judgements.filter(fails)
    const took = runtime.clock.now() - began
    if (failing.length === 0) {
      tell(`the node is ready, with everything on it (${formatDuration(took)})`)
      return policy
    }
    if (took > patience) {
      const first = failing.slice(0, 3).map(nameOf).join(', ')
      tell(
        `after ${formatDuration(took)} ${failing.length} verdicts still fail (${first}): ` +
          'continuing with the node as it is',
      )
      return policy
    }
    await runtime.clock.sleep(every)
  }
}

/** A target on a node that another process opened: there is nothing to close. */
export const attach = (
  container: string,
  policy: Policy,
  settings: Settings,
  guard: GuardOptions,
): Target => ({
  runtime: guarded(nodeRuntime(container, settings.seed), guard),
  policy,
  settings,
  close: async () => {},
})

/** Rejects with a UsageError for a failure of Docker that the caller can fix. */
function usage(error: unknown): never {
  if (!(error instanceof NoDocker)) throw error
  const { message, remedy } = error
  // Docker's own lines may end with a full stop or a question mark.
  const sentence = /[.?!]$/.test(message) ? message : `${message}.`
  throw new UsageError(`--target container ${sentence} ${remedy}, or use --target lab.`)
}

/** Deploys the manifests and waits until the policy holds. Resolves with the policy of the node. */
async function furnish(
  { container, folder, ports }: ContainerNode,
  policy: Policy,
  manifests: readonly KubeObject[],
  { seed, tell }: { seed: number; tell: Tell },
): Promise<Policy> {
  const runtime = nodeRuntime(container, seed)
  const known: Found = {
    container,
    ports,
    kubeconfig: join(folder, 'kubeconfig'),
    ledger: join(folder, 'ledger.json'),
    uid: undefined,
    flannel: undefined,
    kubelet: undefined,
    platform: [],
  }
  const bare = adapted(policy, known)
  tell(`deploying ${policy.cluster}`)
  await deploy(runtime, bare, manifests)
  tell('waiting until everything on it is ready')
  const policyNow = async (): Promise<Policy> =>
    adapted(policy, { ...known, ...(await broughtBy(runtime, bare)) })
  return untilItHolds(runtime, policyNow, tell)
}

/** The node of a killed drill may be paused or stopped: holdfast undoes it before using it. */
async function recoverKept(
  settings: Settings,
  policy: Policy,
  guard: GuardOptions,
  tell: Tell,
): Promise<void> {
  for (const node of await keptNodes(settings, policy, guard))
    await recoverPrevious({ ...node, tell })
}

/**
 * Opens the target. Rejects with a UsageError if Docker is missing, or if a container cannot be the
 * node of the policy. After a rejection nothing is left behind.
 */
export async function openContainer(
  settings: Settings,
  policy: Policy,
  guard: GuardOptions,
  tell: Tell,
): Promise<Target> {
  nodeOf(policy)
  const manifests = manifestsOf(settings.cluster)
  await findDocker().catch(usage)
  if (settings.reuse) await recoverKept(settings, policy, guard, tell)
  const found = settings.reuse ? await findKept(policy.cluster) : undefined
  const run = randomBytes(4).toString('hex')
  const kept = settings.keep || settings.reuse
  const lifetime = lifetimeOf(
    found ?? containerOf(policy, run),
    { run, cluster: policy.cluster, kept, found: found !== undefined },
    tell,
  )
  try {
    const node = await lifetime.starting(
      found === undefined ? start(policy, run, { kept, tell }) : findAgain(found, policy, tell),
    )
    const full = await furnish(node, policy, manifests, { seed: settings.seed, tell })
    const file = join(node.folder, 'policy.json')
    writeFileSync(file, JSON.stringify(full))
    lifetime.ready()
    const opened = { ...settings, cluster: file, node: node.container }
    return { ...attach(node.container, full, opened, guard), close: lifetime.end }
  } catch (error) {
    await lifetime.end()
    return usage(error)
  }
}
