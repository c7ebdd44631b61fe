// Deploys the manifests of a cluster on a started node, and reads what the node already runs.
import { callOf, type Call } from '#src/commands/call.ts'
import { retrying } from '#src/commands/command.ts'
import { openKube, resources, type Kube, type Resource } from '#src/kubernetes/client.ts'
import { nodeShell, nodeAccess } from '#helpers/docker/node-shell.ts'
import type { KubeObject, Policy, Runtime } from '#src/model/index.ts'
import { UsageError } from '#src/runs/settings.ts'
import type { Found } from '#src/targets/container/adapt.ts'

/** ms for one request. */
const patience = 10_000
const call = (runtime: Runtime): Call => callOf({ runtime }, patience)

const kinds: readonly Resource[] = Object.values(resources)

/** Creates one object, unless it exists. */
async function create(kube: Kube, object: KubeObject): Promise<void> {
  const resource = kinds.find(({ kind }) => kind === object.kind)
  if (resource === undefined)
    throw new UsageError(
      `The manifests hold a ${object.kind} (${object.metadata.name}). On a node in a container ` +
        `holdfast deploys ${kinds.map(({ kind }) => kind).join(', ')}.`,
    )
  // Reads first: for a second Service the API reports its NodePort (422), not its name (409).
  if ((await kube.get(resource, object.metadata.name, object.metadata.namespace)) !== undefined)
    return
  await kube.create(resource, object)
}

/**
 * The service account of the provisioner's helper pods. @source local-path-provisioner v0.0.30,
 * default of --service-account-name
 */
const helperAccount = 'local-path-provisioner-service-account'
const serviceAccounts: Resource = {
  group: '',
  version: 'v1',
  plural: 'serviceaccounts',
  kind: 'ServiceAccount',
  namespaced: true,
}

/**
 * k3s creates the account with its provisioner. On an image with another account name, claims would
 * never bind.
 */
async function completeProvisioner(kube: Kube): Promise<void> {
  const provisioner = (await kube.list(resources.deployments)).find(
    ({ metadata }) => metadata.name === 'local-path-provisioner',
  )
  const namespace = provisioner?.metadata.namespace
  if (
    namespace === undefined ||
    (await kube.get(serviceAccounts, helperAccount, namespace)) !== undefined
  )
    return
  await kube.create(serviceAccounts, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: helperAccount, namespace },
  })
}

/**
 * Creates all objects of the manifests, namespaces first. Retries: an API that has just started
 * refuses some requests.
 */
export async function deploy(
  runtime: Runtime,
  policy: Policy,
  manifests: readonly KubeObject[],
): Promise<void> {
  const objects = manifests.toSorted(
    (a, b) => Number(b.kind === 'Namespace') - Number(a.kind === 'Namespace'),
  )
  const kube = await openKube(call(runtime), policy.identity)
  for (const object of objects)
    await retrying(call(runtime), () => create(kube, object), { times: 10, every: '2 s' })
  await retrying(call(runtime), () => completeProvisioner(kube), { times: 10, every: '2 s' })
}

const kindsOfWorkloads = [
  ['Deployment', resources.deployments],
  ['StatefulSet', resources.statefulsets],
  ['DaemonSet', resources.daemonsets],
] as const

/** Workloads of the node that the policy does not name: Kubernetes or the image created them. */
async function workloadsOf(kube: Kube): Promise<Found['platform']> {
  const lists = await Promise.all(
    kindsOfWorkloads.map(async ([kind, resource]) =>
      (await kube.list(resource)).map(({ metadata: { namespace = '', name }, spec }) => ({
        kind,
        namespace,
        name,
        replicas: spec.replicas ?? 1,
      })),
    ),
  )
  return lists.flat()
}

/** Whether the kubelet of the node is a separate process, which a drill can stop. */
async function hasKubeletProcess(runtime: Runtime, policy: Policy): Promise<boolean> {
  const container = policy.nodes[0]?.container?.name
  if (container === undefined) return false
  const shell = nodeShell(call(runtime), nodeAccess({ runtime, policy }), container)
  return (await shell.processesSaying('kubelet')).length === 1
}

/** What a node already runs: its identity, flannel, kubelet and workloads. */
export const broughtBy = (
  runtime: Runtime,
  policy: Policy,
): Promise<Pick<Found, 'uid' | 'flannel' | 'platform' | 'kubelet'>> =>
  retrying(
    call(runtime),
    async () => {
      const kube = await openKube(call(runtime), policy.identity)
      const system = await kube.get(resources.namespaces, 'kube-system')
      const workloads = await workloadsOf(kube)
      const flannel = workloads.find(
        ({ kind, name }) => kind === 'DaemonSet' && /flannel/.test(name),
      )
      const namespaces = new Set(policy.workloads.map(({ namespace }) => namespace))
      return {
        uid: system?.metadata.uid,
        kubelet: (await hasKubeletProcess(runtime, policy)) ? 'kubelet' : undefined,
        flannel: flannel && { namespace: flannel.namespace, name: flannel.name },
        platform: workloads.filter(({ namespace }) => !namespaces.has(namespace)),
      }
    },
    { times: 10, every: '2 s' },
  )
