// Breaks of workloads and their probes: deleted, scaled, unready, Unknown, stuck, and containers
// without requests or probes.
import { resources } from '#src/kubernetes/client.ts'
import type { World } from '#tests/red/world.ts'
import type { Break } from './break.ts'

const dkron = 'joelclaw/dkron'
const kinds = { StatefulSet: resources.statefulsets, Deployment: resources.deployments } as const

/** Changes the first container of a workload. */
export const changeContainer = async (
  { kube }: World,
  kind: keyof typeof kinds,
  name: string,
  ops: readonly { op: 'add' | 'replace' | 'remove'; path: string; value?: unknown }[],
): Promise<unknown> =>
  (await kube()).patch(
    kinds[kind],
    name,
    'joelclaw',
    'json',
    ops.map(each => ({ ...each, path: `/spec/template/spec/containers/0/${each.path}` })),
  )

/** It declares no memory. */
export const needs = { 'containers-state-their-needs · namespace joelclaw': 'violated' } as const

/** It does not tolerate the taint of the control plane. */
export const stranded = {
  'templates-tolerate-the-control-plane · namespace joelclaw': 'violated',
} as const

export const workloads: readonly Break[] = [
  {
    name: 'Dkron is gone',
    findings: {
      [`workloads-have-their-replicas · ${dkron}`]: [
        {
          code: 'workload-missing',
          seen: 'there is no StatefulSet joelclaw/dkron',
          expected: '1 ready',
          remedy: 'apply its manifest',
        },
      ],
      [`containers-have-probes · ${dkron}`]: [
        {
          code: 'workload-missing',
          seen: 'there is no StatefulSet joelclaw/dkron',
          expected: 'it exists, with its probes',
          remedy: 'apply its manifest',
        },
      ],
      [`root-where-needed · ${dkron}`]: [
        {
          code: 'workload-missing',
          seen: 'there is no StatefulSet joelclaw/dkron',
          expected: 'it exists',
          remedy: 'apply its manifest',
        },
      ],
    },
    // Its own image was not pinned, and a waiver covers that: one gap fewer.
    also: { 'images-are-pinned · namespace joelclaw': 'waived' },
    harm: async ({ kube }) => (await kube()).remove(resources.statefulsets, 'dkron', 'joelclaw'),
    wait: '30 s',
    healedBy: [],
  },
  {
    name: 'Dkron is scaled to zero',
    findings: {
      [`workloads-have-their-replicas · ${dkron}`]: [
        {
          code: 'wrong-replicas',
          seen: 'it is set to 0',
          expected: '1 ready',
          remedy:
            'kubectl scale statefulset/dkron -n joelclaw --replicas=1, ' +
            'or change the policy if 0 is meant',
        },
      ],
    },
    harm: async ({ kube }) =>
      (await kube()).patch(resources.statefulsets, 'dkron', 'joelclaw', 'merge', {
        spec: { replicas: 0 },
      }),
    wait: '30 s',
    // It may have been scaled on purpose or by mistake. Only the policy can tell.
    healedBy: [],
  },
  {
    name: 'the only pod of Dkron has crashed',
    findings: {
      [`workloads-have-their-replicas · ${dkron}`]: [
        {
          code: 'too-few-ready',
          seen: '0 ready; dkron-0: Running, dkron not ready',
          expected: '1 ready',
          remedy: 'kubectl describe pods -n joelclaw; kubectl get events -n joelclaw',
        },
      ],
    },
    harm: ({ lab }) => lab.node.crash('joelclaw', 'dkron-0', 1),
    wait: '3 s',
    // The kubelet restarts it without help.
    healedBy: [],
  },
  {
    name: 'a pod is left Unknown',
    findings: {
      'no-pod-is-unknown · namespace joelclaw': [
        {
          code: 'pod-unknown:dkron-0',
          seen: 'dkron-0 has been Unknown for <time>',
          expected: 'it runs, or its controller replaces it',
          remedy: 'kubectl delete pod dkron-0 -n joelclaw --force --grace-period=0',
        },
      ],
      [`workloads-have-their-replicas · ${dkron}`]: [
        {
          code: 'too-few-ready',
          seen: '0 ready; dkron-0: Unknown',
          expected: '1 ready',
          remedy: 'kubectl describe pods -n joelclaw; kubectl get events -n joelclaw',
        },
      ],
    },
    harm: ({ lab }) => lab.node.leaveUnknown('joelclaw', 'dkron-0'),
    wait: '10 s',
    healedBy: ['delete-unknown-pods'],
  },
  {
    name: 'a pod was evicted, and another one took its place',
    // The objects that it leaves behind are no outage.
    findings: {},
    async harm({ lab, kube }) {
      const [pod] = await (
        await kube()
      ).list(resources.pods, { namespace: 'joelclaw', labelSelector: 'app=system-bus-worker' })
      lab.node.evict('joelclaw', pod?.metadata.name ?? '', 'The node was low on resource: memory.')
    },
    wait: '400 s',
    healedBy: [],
  },
  {
    name: 'an image does not come',
    findings: {
      'no-pod-is-stuck · namespace joelclaw': [
        {
          code: 'pod-stuck:dkron-0',
          seen: 'dkron-0 has not been ready for <time>: Pending, dkron ImagePullBackOff',
          expected: 'ready within 300 s',
          remedy: 'kubectl describe pod dkron-0 -n joelclaw: waiting does not help',
        },
      ],
      [`workloads-have-their-replicas · ${dkron}`]: [
        {
          code: 'too-few-ready',
          seen: '0 ready; dkron-0: Pending, dkron ImagePullBackOff',
          expected: '1 ready',
          remedy: 'kubectl describe pods -n joelclaw; kubectl get events -n joelclaw',
        },
      ],
      [`newest-templates-run · ${dkron}`]: [
        {
          code: 'image-missing:dkron',
          seen: 'container dkron wants dkron/dkron:gone, and its registry has no such image',
          expected: 'the newest template runs',
          remedy:
            'push the image, or kubectl rollout undo statefulset/dkron -n joelclaw, ' +
            'then delete the pod that waits: a StatefulSet does not replace it by itself; ' +
            'and name one that is there in its manifest',
        },
      ],
    },
    // holdfast never rolls a StatefulSet back: its only pod is gone, and only a person can know
    // which version wrote its volume. Its own image was not pinned, and a waiver covers that: one
    // gap fewer.
    also: { 'images-are-pinned · namespace joelclaw': 'waived' },
    async harm(world) {
      world.lab.node.pullFaults.set('dkron/dkron:gone', 'not-found')
      await changeContainer(world, 'StatefulSet', 'dkron', [
        { op: 'replace', path: 'image', value: 'dkron/dkron:gone' },
      ])
    },
    wait: '400 s',
    healedBy: [],
  },
]

/** Its controller has only started: it first deletes the old pod. */
const onlyBegun = { 'newest-templates-run · joelclaw/livekit-server': 'unknown' } as const

export const probes: readonly Break[] = [
  {
    name: 'redis loses its readiness probe, besides the one that is waived',
    findings: {
      'containers-have-probes · joelclaw/redis': [
        {
          code: 'probe-missing:readiness',
          seen: 'container redis has no readiness probe',
          expected: 'a readiness probe, which keeps traffic away until it can serve',
          remedy: 'add readinessProbe to container redis of StatefulSet joelclaw/redis',
        },
      ],
    },
    harm: world =>
      changeContainer(world, 'StatefulSet', 'redis', [{ op: 'remove', path: 'readinessProbe' }]),
    wait: '120 s',
    healedBy: [],
  },
  {
    name: 'Dkron loses liveness and startup',
    findings: {
      [`containers-have-probes · ${dkron}`]: [
        {
          code: 'probe-missing:liveness',
          seen: 'container dkron has no liveness probe',
          expected: 'a liveness probe, which restarts it when it hangs',
          remedy: 'add livenessProbe to container dkron of StatefulSet joelclaw/dkron',
        },
        {
          code: 'probe-missing:startup',
          seen: 'container dkron has no startup probe',
          expected: 'a startup probe, which gives a slow start time before liveness counts',
          remedy: 'add startupProbe to container dkron of StatefulSet joelclaw/dkron',
        },
      ],
    },
    harm: world =>
      changeContainer(world, 'StatefulSet', 'dkron', [
        { op: 'remove', path: 'livenessProbe' },
        { op: 'remove', path: 'startupProbe' },
      ]),
    wait: '120 s',
    healedBy: [],
  },
  {
    name: 'a workload that nobody listed has a sidecar without probes',
    findings: {
      'containers-have-probes · joelclaw/newcomer': [
        {
          code: 'probe-missing:liveness',
          seen: 'container logs has no liveness probe',
          expected: 'a liveness probe, which restarts it when it hangs',
          remedy: 'add livenessProbe to container logs of Deployment joelclaw/newcomer',
        },
        {
          code: 'probe-missing:readiness',
          seen: 'container logs has no readiness probe',
          expected: 'a readiness probe, which keeps traffic away until it can serve',
          remedy: 'add readinessProbe to container logs of Deployment joelclaw/newcomer',
        },
        {
          code: 'probe-missing:startup',
          seen: 'container logs has no startup probe',
          expected: 'a startup probe, which gives a slow start time before liveness counts',
          remedy: 'add startupProbe to container logs of Deployment joelclaw/newcomer',
        },
      ],
    },
    also: { ...needs, ...stranded },
    async harm({ kube }) {
      const probe = { httpGet: { path: '/', port: 80 } }
      const probed = { livenessProbe: probe, readinessProbe: probe, startupProbe: probe }
      await (
        await kube()
      ).create(resources.deployments, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'newcomer', namespace: 'joelclaw' },
        spec: {
          replicas: 0,
          selector: { matchLabels: { app: 'newcomer' } },
          template: {
            metadata: { labels: { app: 'newcomer' } },
            spec: {
              // An init container that ends needs no probe. One that keeps running does.
              initContainers: [
                { name: 'once', image: 'busybox:1' },
                { name: 'logs', image: 'busybox:1', restartPolicy: 'Always' },
              ],
              containers: [{ name: 'web', image: 'nginx:1', ...probed }],
            },
          },
        },
      })
    },
    healedBy: [],
  },
  {
    name: 'an upgrade of LiveKit takes its probes off the loopback',
    findings: {
      'host-network-probes-pin-loopback · joelclaw/livekit-server': [
        {
          code: 'probe-host:livenessProbe',
          seen: 'livenessProbe of livekit-server targets the pod address',
          expected: 'host: 127.0.0.1',
          remedy:
            'patch Deployment joelclaw/livekit-server after each Helm upgrade: ' +
            'livenessProbe.httpGet.host = 127.0.0.1',
        },
        {
          code: 'probe-host:readinessProbe',
          seen: 'readinessProbe of livekit-server targets the pod address',
          expected: 'host: 127.0.0.1',
          remedy:
            'patch Deployment joelclaw/livekit-server after each Helm upgrade: ' +
            'readinessProbe.httpGet.host = 127.0.0.1',
        },
        {
          code: 'probe-host:startupProbe',
          seen: 'startupProbe of livekit-server targets the pod address',
          expected: 'host: 127.0.0.1',
          remedy:
            'patch Deployment joelclaw/livekit-server after each Helm upgrade: ' +
            'startupProbe.httpGet.host = 127.0.0.1',
        },
      ],
    },
    also: onlyBegun,
    harm: world =>
      changeContainer(
        world,
        'Deployment',
        'livekit-server',
        (['livenessProbe', 'readinessProbe', 'startupProbe'] as const).map(probe => ({
          op: 'remove',
          path: `${probe}/httpGet/host`,
        })),
      ),
    healedBy: [],
  },
  {
    name: 'LiveKit gets half of the time that its start may take',
    findings: {
      'startup-outlasts-warm-up · joelclaw/livekit-server': [
        {
          code: 'startup-too-short',
          seen: 'container livekit-server gets 60.0 s: 0 s and 12 × 5 s',
          expected: 'at least 120 s, its warm-up',
          remedy: 'set failureThreshold of its startupProbe to 24',
        },
      ],
    },
    also: onlyBegun,
    harm: world =>
      changeContainer(world, 'Deployment', 'livekit-server', [
        { op: 'replace', path: 'startupProbe/failureThreshold', value: 12 },
      ]),
    healedBy: [],
  },
]
