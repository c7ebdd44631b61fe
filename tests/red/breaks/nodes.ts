// Breaks of the node: its object, its readiness, its taints and its container.
import { resources } from '#src/kubernetes/client.ts'
import type { Taint } from '#src/model/index.ts'
import { node, type World } from '#tests/red/world.ts'
import type { Break } from './break.ts'
import { withoutApi } from './unseen.ts'

const taint = async ({ kube }: World, taints: readonly Taint[]): Promise<unknown> =>
  (await kube()).patch(resources.nodes, node, undefined, 'merge', { spec: { taints } })

/** Every service of the node is unreachable from the host. */
const noPort = { 'ports-answer-their-application · *': 'violated' } as const

/**
 * Docker publishes no ports for a stopped container, so nobody can tell where the APIs are mapped.
 */
const stopped = {
  ...withoutApi,
  ...noPort,
  'port-table-agrees · *': 'violated',
  'port-table-agrees · unlisted ports': 'unknown',
  'kubeconfig-points-to-the-api · joelclaw': 'unknown',
  'talosconfig-points-to-talos · joelclaw': 'unknown',
} as const

export const nodes: readonly Break[] = [
  {
    name: 'the API lists no node of that name',
    findings: {
      [`nodes-are-ready · node ${node}`]: [
        {
          code: 'node-missing',
          seen: 'the API lists no node joelclaw-controlplane-1',
          expected: 'it is registered',
          remedy: 'start its machine; check that its kubelet can reach the API',
        },
      ],
      [`nodes-are-schedulable · node ${node}`]: [
        {
          code: 'node-missing',
          seen: 'the API lists no node joelclaw-controlplane-1',
          expected: 'it is registered',
          remedy: 'start its machine; check that its kubelet can reach the API',
        },
      ],
      [`taints-are-tolerated · node ${node}`]: [
        {
          code: 'node-missing',
          seen: 'the API lists no node joelclaw-controlplane-1',
          expected: 'it is registered',
          remedy: 'start its machine; check that its kubelet can reach the API',
        },
      ],
    },
    // Without a node, DaemonSets want no pods.
    also: {
      'flannel-serves-every-node · joelclaw': 'violated',
      'workloads-have-their-replicas · kube-system/kube-flannel': 'violated',
      'workloads-have-their-replicas · kube-system/kube-proxy': 'violated',
    },
    harm: async ({ kube }) => (await kube()).remove(resources.nodes, node, undefined),
    // The controllers have noticed it by then.
    wait: '1 s',
    healedBy: [],
  },
  {
    name: 'the kubelet says that it is not ready',
    findings: {
      [`nodes-are-ready · node ${node}`]: [
        {
          code: 'not-ready',
          seen: 'Ready is False',
          expected: 'Ready is True',
          remedy:
            'check the machine of joelclaw-controlplane-1; ' +
            'a sticky shutdown needs a restart of the node container, not a start',
        },
      ],
    },
    async harm({ kube }) {
      const api = await kube()
      await api.patch(
        resources.nodes,
        node,
        undefined,
        'strategic',
        { status: { conditions: [{ type: 'Ready', status: 'False', reason: 'KubeletNotReady' }] } },
        { subresource: 'status' },
      )
    },
    healedBy: [],
  },
  {
    name: 'the node is cordoned',
    findings: {
      [`nodes-are-schedulable · node ${node}`]: [
        {
          code: 'cordoned',
          seen: 'spec.unschedulable is true',
          expected: 'pods can be placed on it',
          remedy: 'kubectl uncordon joelclaw-controlplane-1',
        },
      ],
    },
    harm: async ({ kube }) =>
      (await kube()).patch(resources.nodes, node, undefined, 'merge', {
        spec: { unschedulable: true },
      }),
    wait: '1 s',
    healedBy: ['uncordon'],
  },
  {
    name: 'the control-plane taint is back',
    findings: {
      [`taints-are-tolerated · node ${node}`]: [
        {
          code: 'taint:node-role.kubernetes.io/control-plane',
          seen:
            'node-role.kubernetes.io/control-plane:NoSchedule is not tolerated by ' +
            'joelclaw/livekit-server, joelclaw/bluesky-pds, aistor/adminjob-operator, ' +
            'aistor/object-store-operator, aistor/aistor-s3-pool-0, ' +
            'local-path-storage/local-path-provisioner',
          expected: 'the taint is removed after each restart',
          remedy:
            'kubectl taint nodes joelclaw-controlplane-1 ' +
            'node-role.kubernetes.io/control-plane:NoSchedule- (and again after 5 s: it returns)',
        },
      ],
    },
    harm: world =>
      taint(world, [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }]),
    healedBy: ['remove-control-plane-taint'],
  },
  {
    name: 'a taint of somebody else keeps everything away',
    findings: {
      [`taints-are-tolerated · node ${node}`]: [
        {
          code: 'taint:dedicated',
          seen:
            'dedicated:NoSchedule is not tolerated by joelclaw/redis, joelclaw/typesense, ' +
            'joelclaw/inngest, joelclaw/system-bus-worker, joelclaw/livekit-server, ' +
            'joelclaw/bluesky-pds, joelclaw/dkron, aistor/adminjob-operator, ' +
            'aistor/object-store-operator, aistor/aistor-s3-pool-0, kube-system/coredns, ' +
            'local-path-storage/local-path-provisioner',
          expected: 'no taint that keeps these away',
          remedy:
            'find out who set it; then kubectl taint nodes joelclaw-controlplane-1 ' +
            'dedicated:NoSchedule-, or add a toleration for dedicated to joelclaw/redis, ' +
            'joelclaw/typesense, joelclaw/inngest, joelclaw/system-bus-worker, ' +
            'joelclaw/livekit-server, joelclaw/bluesky-pds, joelclaw/dkron, ' +
            'aistor/adminjob-operator, aistor/object-store-operator, aistor/aistor-s3-pool-0, ' +
            'kube-system/coredns, local-path-storage/local-path-provisioner',
        },
      ],
    },
    harm: world => taint(world, [{ key: 'dedicated', value: 'database', effect: 'NoSchedule' }]),
    // A person may have set it on purpose.
    healedBy: [],
  },
  {
    name: 'the node container is stopped',
    findings: {
      [`node-containers-run · node ${node}`]: [
        {
          code: 'not-running',
          seen: 'container joelclaw-controlplane-1 is exited (exit 137)',
          expected: 'it runs',
          remedy:
            'docker start joelclaw-controlplane-1 (restart, if joelclaw-controlplane-1 reports ' +
            'that it is shutting down)',
        },
      ],
    },
    also: stopped,
    harm: ({ docker }) => docker('stop', node),
    wait: '10 s',
    healedBy: ['start-node-container', 'regenerate-kubeconfig', 'remove-control-plane-taint'],
  },
  {
    name: 'the node container has no restart policy, and stays down after Docker came back',
    findings: {
      [`node-containers-run · node ${node}`]: [
        {
          code: 'not-running',
          seen: 'container joelclaw-controlplane-1 is exited (exit 255)',
          expected: 'it runs',
          remedy:
            'docker start joelclaw-controlplane-1 (restart, if joelclaw-controlplane-1 reports ' +
            'that it is shutting down)',
        },
      ],
      [`node-containers-keep-their-settings · container ${node}`]: [
        {
          code: 'restart-policy',
          seen: 'restart policy is no',
          expected: 'unless-stopped',
          remedy:
            'docker update --restart unless-stopped --memory 19327352832 --memory-swap ' +
            '19327352832 joelclaw-controlplane-1',
        },
      ],
    },
    also: stopped,
    async harm({ docker, inVm }) {
      await docker('update', '--restart', 'no', node)
      await inVm('sudo', 'systemctl', 'restart', 'docker')
    },
    wait: '30 s',
    healedBy: ['reassert-container-settings', 'start-node-container', 'remove-control-plane-taint'],
  },
  {
    name: 'the node container is paused',
    findings: {
      [`node-containers-run · node ${node}`]: [
        {
          code: 'not-running',
          seen: 'container joelclaw-controlplane-1 is paused',
          expected: 'it runs',
          remedy: 'docker unpause joelclaw-controlplane-1',
        },
      ],
    },
    also: { ...withoutApi, ...noPort },
    harm: ({ docker }) => docker('pause', node),
    // The fix unpauses the container instead of restarting it: the processes in it continue.
    healedBy: ['start-node-container'],
  },
]
