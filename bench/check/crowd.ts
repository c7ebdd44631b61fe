// Many objects on a real API server, made and removed without a controller or scheduler that would
// be busy with them.
import { openKube, resources, type Resource } from '#src/kubernetes/client.ts'
import type { KubeObject, Policy, Runtime } from '#src/model/index.ts'

/** Where they are: a namespace of their own, which goes with them. */
export const namespace = 'crowd'

/**
 * Written as a careful person writes it, so that a check has all of it to judge and little to
 * complain of.
 */
const podSpec = {
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 1000,
    seccompProfile: { type: 'RuntimeDefault' },
  },
  containers: [
    {
      name: 'app',
      image: 'busybox:1.37',
      imagePullPolicy: 'IfNotPresent',
      command: ['httpd', '-f', '-p', '8080'],
      ports: [{ name: 'http', containerPort: 8080 }],
      env: [
        { name: 'LEVEL', value: 'info' },
        { name: 'REGION', value: 'here' },
      ],
      resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '32Mi' } },
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      livenessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 10 },
      readinessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 5 },
      startupProbe: { httpGet: { path: '/', port: 'http' }, failureThreshold: 30 },
    },
  ],
}

const meta = (name: string) => ({
  name,
  namespace,
  labels: { app: name, tier: 'crowd' },
  annotations: { 'example.com/owner': 'somebody', 'example.com/about': 'one of a crowd' },
})

/** A Deployment of no pods. */
const deployment = (name: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: meta(name),
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name, tier: 'crowd' } }, spec: podSpec },
  },
})

/** A pod of a scheduler that nobody runs: it stays Pending, and nobody writes Events about it. */
const pod = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: meta(name),
  spec: { schedulerName: 'nobody', ...podSpec },
})

/** Requests at a time: more only wait in the server. @source a choice, 2 cores */
const atOnce = 16

/** What a crowd may consist of. */
export const crowds: Readonly<
  Record<'deployments' | 'pods', { resource: Resource; make(name: string): KubeObject }>
> = {
  deployments: { resource: resources.deployments, make: deployment },
  pods: { resource: resources.pods, make: pod },
}

const open = (runtime: Runtime, policy: Policy) =>
  openKube({ runtime, deadline: 60_000, signal: new AbortController().signal }, policy.identity)

/** Makes `count` of them. */
export async function gather(
  runtime: Runtime,
  policy: Policy,
  of: keyof typeof crowds,
  count: number,
): Promise<void> {
  const kube = await open(runtime, policy)
  await kube.create<KubeObject>(resources.namespaces, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  })
  // Pods are refused until their account is there.
  while ((await kube.get(resources.serviceaccounts, 'default', namespace)) === undefined)
    await runtime.clock.sleep(200)
  const { resource, make } = crowds[of]
  let next = 0
  const work = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++)
      await kube.create(resource, make(`crowd-${String(index).padStart(5, '0')}`))
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}

/** Removes all of them, and waits until they are gone. */
export async function disperse(runtime: Runtime, policy: Policy): Promise<void> {
  const kube = await open(runtime, policy)
  // No kubelet has to stop them: they ran nowhere.
  for (const {
    metadata: { name },
  } of await kube.list(resources.pods, { namespace }))
    await kube.remove(resources.pods, name, namespace, { gracePeriodSeconds: 0 })
  await kube.remove(resources.namespaces, namespace, undefined)
  while ((await kube.get(resources.namespaces, namespace)) !== undefined)
    await runtime.clock.sleep(1_000)
}
