// The target `container`: a node is started (or a kept one found), gets the cluster's manifests, is
// waited for, and is removed at the end.
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stderr } from 'node:process'
import { guarded, type GuardOptions } from '#helpers/forbidden/forbidden.ts'
import { docker } from '#helpers/docker/client.ts'
import { putKubeconfig } from '#helpers/k3s/kubeconfig.ts'
import {
  findDocker,
  findKept,
  NoDocker,
  nodeImage,
  removeNodes,
  startNode,
} from '#src/targets/container/index.ts'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import {
  nameOf,
  bytes,
  fails,
  formatDuration,
  type Policy,
  type Runtime,
} from '#src/model/index.ts'
import { invariants } from '#specs/invariants/index.ts'
import { atEnd } from '#src/runs/process/ending.ts'
import { manifestsOf } from '#src/runs/manifests.ts'
import { recoverPrevious } from '#src/runs/recovery/recover.ts'
import { UsageError, type Settings } from '#src/runs/settings.ts'
import type { Target } from '#src/runs/opened.ts'
import { adapted } from '#src/targets/container/adapt.ts'
import { deploy, lookAround } from './deploy.ts'
import { nodeRuntime } from './node-runtime.ts'
import { keptNodes } from './kept.ts'

/**
 * How long a node may take until everything on it is as the policy wants it, ms: 45 s where images
 * are there. @source measured on a v1.35 node
 */
const patience = 300_000
const every = 2_000

export type Tell = (message: string) => void

/**
 * The one node of a policy that a container can stand for. Throws a UsageError for policies about
 * something else.
 */
function nodeOf(policy: Policy): {
  name: string
  container: NonNullable<Policy['nodes'][number]['container']>
} {
  const [node, ...others] = policy.nodes
  if (policy.host !== undefined || node?.container === undefined || others.length > 0) {
    throw new UsageError(
      `The policy of “${policy.cluster}” is about ${policy.host === undefined ? `${policy.nodes.length} nodes` : 'a Mac with Colima'}: one node in a container cannot stand for it. Use --cluster sandbox (the default of --target container), or --target lab.`,
    )
  }
  return { name: node.name, container: node.container }
}

/** A node that was started or found, before anybody knows what is on it. */
interface Node {
  container: string
  folder: string
  ports: ReadonlyMap<number, number>
}

const folderOf = (container: string): string => join(tmpdir(), container)

async function start(
  policy: Policy,
  run: string,
  { kept, tell }: { kept: boolean; tell: Tell },
): Promise<Node> {
  const { name, container } = nodeOf(policy)
  const own = `holdfast-${policy.cluster}-${run}`
  tell(`starting a Kubernetes node in Docker (${nodeImage()}); the first time its image is pulled`)
  const started = await startNode({
    run,
    cluster: policy.cluster,
    container: own,
    node: name,
    kept,
    nodePorts: policy.ports.map(port => port.container),
    memory: bytes(container.memory) / 2 ** 30,
    cpus: container.cpus,
    restartPolicy: container.restartPolicy,
  })
  const folder = folderOf(own)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(join(folder, 'kubeconfig'), started.kubeconfig, { mode: 0o600 })
  return { container: own, folder, ports: started.ports }
}

/** A kept node, with a kubeconfig that leads to where its API is now. */
async function again(container: string, policy: Policy, tell: Tell): Promise<Node> {
  tell(`using the kept node ${container}`)
  const call = {
    runtime: nodeRuntime(container),
    deadline: 10_000,
    signal: new AbortController().signal,
  }
  const { bindings } = await docker(call).inspect(container)
  const folder = folderOf(container)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const api = bindings.find(binding => binding.container === policy.endpoints.api.container)
  if (api === undefined)
    throw new UsageError(
      `The kept node ${container} does not publish its API: remove it (docker rm -f -v ${container}) and start again.`,
    )
  await putKubeconfig(call, {
    container,
    path: join(folder, 'kubeconfig'),
    server: `https://127.0.0.1:${api.host}`,
    context: policy.identity.contexts[0] ?? 'default',
  })
  return {
    container,
    folder,
    ports: new Map(bindings.map(binding => [binding.container, binding.host])),
  }
}

/**
 * Looks until everything is as the policy wants it, and resolves with the policy of the node as it
 * is then: what a node
 * brings with it may come late. After the patience it goes on: what is wrong is for the run to say.
 */
async function untilWell(
  runtime: Runtime,
  about: () => Promise<Policy>,
  tell: Tell,
): Promise<Policy> {
  const began = runtime.clock.now()
  for (;;) {
    const policy = await about()
    const { judgements } = await evaluate(invariants, runtime, policy)
    const bad = judgements.filter(fails)
    const took = formatDuration(runtime.clock.now() - began)
    if (bad.length === 0) tell(`the node is ready, with everything on it (${took})`)
    else if (runtime.clock.now() - began > patience)
      tell(
        `after ${took} ${bad.length} verdicts are not good yet (${bad.slice(0, 3).map(nameOf).join(', ')}): going on`,
      )
    else {
      await runtime.clock.sleep(every)
      continue
    }
    return policy
  }
}

const howToReach = (container: string, folder: string, cluster: string): string =>
  [
    `holdfast: the node is kept in container ${container}`,
    `  reach it    kubectl --kubeconfig ${folder}/kubeconfig get pods -A, or docker exec -it ${container} sh`,
    `  use again   holdfast check --target container${cluster === 'sandbox' ? '' : ` --cluster ${cluster}`} --reuse`,
    `  remove it   docker rm -f -v ${container}; rm -r ${folder}`,
    '',
  ].join('\n')

/**
 * The reach to a node that is there, and nothing to close: for those who work on another's node.
 */
export function attach(
  container: string,
  policy: Policy,
  settings: Settings,
  guard: GuardOptions,
): Target {
  return {
    runtime: guarded(nodeRuntime(container, settings.seed), guard),
    policy,
    settings,
    close: async () => {},
  }
}

/** What Docker cannot do is the caller's to change. */
function usage(error: unknown): never {
  throw error instanceof NoDocker
    ? new UsageError(
        `--target container needs Docker: ${error.message}. Start Docker, or use --target lab.`,
      )
    : error
}

/**
 * Opens the target. Throws a UsageError where there is no Docker, or the policy is about something
 * else. Leaves nothing behind when it throws.
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
  const kept = settings.keep || settings.reuse
  // A node that a drill has left paused or down is no node to deploy on, and would not even be
  // found.
  if (settings.reuse)
    for (const node of await keptNodes(settings, policy, guard))
      await recoverPrevious({ ...node, tell })
  const found = settings.reuse ? await findKept(policy.cluster) : undefined
  const run = randomBytes(4).toString('hex')
  let folder: string | undefined =
    found === undefined ? folderOf(`holdfast-${policy.cluster}-${run}`) : undefined
  let arrived = found !== undefined
  let starting: Promise<unknown> = Promise.resolve()
  const close = atEnd(async () => {
    // Half a node is of no use to anybody: it is kept only once it was ready.
    if (arrived && kept)
      return void stderr.write(
        howToReach(
          found ?? `holdfast-${policy.cluster}-${run}`,
          folderOf(found ?? `holdfast-${policy.cluster}-${run}`),
          policy.cluster,
        ),
      )
    tell('removing the node')
    await removeNodes(run)
    // What was being created at that moment would come after its own removal.
    await Promise.race([
      starting.catch(() => {}),
      new Promise(resolve => {
        setTimeout(resolve, 3_000)
      }),
    ])
    await removeNodes(run)
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  })
  try {
    const making =
      found === undefined ? start(policy, run, { kept, tell }) : again(found, policy, tell)
    starting = making
    const node = await making
    folder = node.folder
    const runtime = nodeRuntime(node.container, settings.seed)
    const about = {
      container: node.container,
      kubeconfig: join(node.folder, 'kubeconfig'),
      ports: node.ports,
      uid: undefined,
      flannel: undefined,
      kubelet: undefined,
      ledger: join(node.folder, 'ledger.json'),
      platform: [],
    }
    const before = adapted(policy, about)
    tell(`deploying ${policy.cluster}`)
    await deploy(runtime, before, manifests)
    tell('waiting until everything on it is ready')
    const full = await untilWell(
      runtime,
      async () => adapted(policy, { ...about, ...(await lookAround(runtime, before)) }),
      tell,
    )
    const file = join(node.folder, 'policy.json')
    writeFileSync(file, JSON.stringify(full))
    arrived = true
    return {
      ...attach(node.container, full, { ...settings, cluster: file, node: node.container }, guard),
      close,
    }
  } catch (error) {
    await close()
    return usage(error)
  }
}
