// What a started node is asked for: that it runs the sandbox's manifests, and what it brings with
// it.
import { retrying } from '#src/commands/command.ts'
import { openKube, resources, type Kube, type Resource } from '#src/kubernetes/client.ts'
import { nodeShell, nodeAccess } from '#helpers/docker/node-shell.ts'
import type { KubeObject, Policy, Runtime } from '#src/model/index.ts'
import { UsageError } from '#src/runs/settings.ts'
import type { Found } from '#src/targets/container/adapt.ts'

/** ms for one request. */
const patience = 10_000
const call = (runtime: Runtime) => ({
  runtime,
  deadline: patience,
  signal: new AbortController().signal,
})

const kinds: readonly Resource[] = Object.values(resources)

/** Creates one object. That it is there already is as good. */
async function create(kube: Kube, object: KubeObject): Promise<void> {
  const resource = kinds.find(({ kind }) => kind === object.kind)
  if (resource === undefined)
    throw new UsageError(
      `The manifests hold a ${object.kind} (${object.metadata.name}); on a node in a container holdfast deploys ${kinds.map(({ kind }) => kind).join(', ')}.`,
    )
  // Asked first: a Service that is there already is refused for its NodePort (422), not for its
  // name (409).
  if ((await kube.get(resource, object.metadata.name, object.metadata.namespace)) !== undefined)
    return
  await kube.create(resource, object)
}

/**
 * Who the provisioner's helper pods are. @source local-path-provisioner v0.0.30, default of
 * --service-account-name
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
 * k3s brings the account with its provisioner; a node image that names its account otherwise would
 * never bind a claim.
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
 * Creates all objects of manifests, namespaces first. Requests are tried again: an API that has
 * just begun to serve refuses some.
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

/** What the node has brought with it: its identity, its flannel, its own workloads. */
export async function lookAround(
  runtime: Runtime,
  policy: Policy,
): Promise<Pick<Found, 'uid' | 'flannel' | 'platform' | 'kubelet'>> {
  return retrying(
    call(runtime),
    async () => {
      const kube = await openKube(call(runtime), policy.identity)
      const system = await kube.get(resources.namespaces, 'kube-system')
      const own = (
        await Promise.all(
          kindsOfWorkloads.map(async ([kind, resource]) =>
            (await kube.list(resource)).map(({ metadata: { namespace = '', name }, spec }) => ({
              kind,
              namespace,
              name,
              replicas: spec.replicas ?? 1,
            })),
          ),
        )
      ).flat()
      const container = policy.nodes[0]?.container?.name
      const kubelets =
        container === undefined
          ? []
          : await nodeShell(
              call(runtime),
              nodeAccess({ runtime, policy }),
              container,
            ).processesSaying('kubelet')
      const flannel = own.find(({ kind, name }) => kind === 'DaemonSet' && /flannel/.test(name))
      return {
        uid: system?.metadata.uid,
        kubelet: kubelets.length === 1 ? 'kubelet' : undefined,
        flannel:
          flannel === undefined ? undefined : { namespace: flannel.namespace, name: flannel.name },
        platform: own.filter(
          ({ namespace }) => !policy.workloads.some(workload => workload.namespace === namespace),
        ),
      }
    },
    { times: 10, every: '2 s' },
  )
}
