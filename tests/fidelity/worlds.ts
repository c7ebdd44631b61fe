// The two clusters to compare: the served lab and a real node, each with the sandbox's manifests,
// deployed in the same way.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { atEnd } from '#src/runs/process/ending.ts'
import { manifestTextsOf } from '#src/runs/manifests.ts'
import { findDocker, removeNodes, startNode } from '#src/targets/container/index.ts'
import { findWorld } from '#lab/lab.ts'
import { serveLab } from '#lab/serve/index.ts'
import { say, type Stage } from './play.ts'

/** A cluster to run commands on, and the function that ends it. */
export interface World {
  stage: Stage
  stop(): Promise<void>
}

const namespace = '-n sandbox'

/** Applies the manifests with kubectl and waits until everything is ready. */
const deployment: readonly { line: string; stdin?: string }[] = [
  // A pod that starts before the network reports that there is none.
  { line: 'wait node/sandbox-1 --for=condition=Ready --timeout=120s' },
  { line: 'rollout status daemonset/kube-flannel -n kube-system --timeout=120s' },
  { line: 'rollout status deployment/coredns -n kube-system --timeout=120s' },
  // The provisioner's helper pods run under an account of this name. Not every node image creates
  // it.
  { line: 'create serviceaccount local-path-provisioner-service-account -n local-path-storage' },
  {
    line: 'apply -f -',
    stdin: manifestTextsOf('sandbox')
      .toSorted(
        (a, b) => Number(b.includes('kind: Namespace')) - Number(a.includes('kind: Namespace')),
      )
      .join('\n---\n'),
  },
  ...['deployment/feed', 'deployment/search', 'deployment/site', 'statefulset/redis'].map(name => ({
    line: `rollout status ${name} ${namespace} --timeout=120s`,
  })),
]

async function deploy(stage: Stage): Promise<void> {
  for (const { line, stdin } of deployment) {
    const { code, stdout, stderr } = await say(stage, {
      id: line,
      line,
      ...(stdin === undefined ? {} : { stdin }),
    })
    if (code !== 0 && !stderr.includes('already exists'))
      throw new Error(
        `the cluster for the comparison could not be made: kubectl ${line} ended with ${code}: ` +
          `${stdout}${stderr}`,
      )
  }
}

/** The lab, served in real time with the sandbox's node. */
export async function servedSandbox(kubectl: string): Promise<World> {
  const world = await findWorld('sandbox')
  if (world === undefined) throw new Error('the lab has no world for the sandbox')
  const home = mkdtempSync(join(tmpdir(), 'holdfast-fidelity-'))
  const failed = (error: unknown): never => {
    throw error
  }
  const served = await serveLab({
    world,
    manifests: [],
    seed: 1,
    speed: 1,
    port: 0,
    kubectl: false,
    node: execPath,
    hostPorts: false,
    parent: home,
    failed,
  })
  const stage = { kubectl, kubeconfig: served.kubeconfig, home }
  await deploy(stage)
  return {
    stage,
    async stop() {
      await served.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** A real node in a container of this host's Docker. It is always removed at the end. */
export async function realNode(kubectl: string): Promise<World> {
  await findDocker()
  const home = mkdtempSync(join(tmpdir(), 'holdfast-fidelity-'))
  const run = randomBytes(4).toString('hex')
  const stop = atEnd(async () => {
    await removeNodes(run)
    rmSync(home, { recursive: true, force: true })
  })
  try {
    const { kubeconfig } = await startNode({
      run,
      cluster: 'fidelity',
      container: `holdfast-fidelity-${run}`,
      node: 'sandbox-1',
      nodePorts: [30_080],
      memory: 3,
      cpus: 2,
      restartPolicy: 'no',
      kept: false,
    })
    const file = join(home, 'kubeconfig')
    writeFileSync(file, kubeconfig, { mode: 0o600 })
    const stage = { kubectl, kubeconfig: file, home }
    await deploy(stage)
    return { stage, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
