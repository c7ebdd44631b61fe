// Breaks of the pod network: flannel, its file, and the kernel below it.
import { resources } from '#src/kubernetes/client.ts'
import { node, type World } from '#tests/red/world.ts'
import type { Break } from './break.ts'

const flannel = 'workloads-have-their-replicas · kube-system/kube-flannel'

async function deletePods(
  { kube }: World,
  namespace: string,
  labelSelector: string,
  options: { gracePeriodSeconds?: number } = {},
): Promise<void> {
  const api = await kube()
  for (const {
    metadata: { name },
  } of await api.list(resources.pods, { namespace, labelSelector }))
    await api.remove(resources.pods, name, namespace, options)
}

async function flannelWithoutModule(world: World): Promise<void> {
  await world.inVm('sudo', 'modprobe', '-r', 'br_netfilter')
  await deletePods(world, 'kube-system', 'k8s-app=flannel', { gracePeriodSeconds: 0 })
}

export const network: readonly Break[] = [
  {
    name: 'the DaemonSet of flannel is gone',
    findings: {
      'flannel-serves-every-node · joelclaw': [
        {
          code: 'flannel-missing',
          seen: 'there is no DaemonSet kube-system/kube-flannel',
          expected: 'it is there',
          remedy: 'apply the manifests of the network',
        },
      ],
      [flannel]: [
        {
          code: 'workload-missing',
          seen: 'there is no DaemonSet kube-system/kube-flannel',
          expected: '1 ready',
          remedy: 'apply its manifest',
        },
      ],
    },
    harm: async ({ kube }) =>
      (await kube()).remove(resources.daemonsets, 'kube-flannel', 'kube-system'),
    wait: '30 s',
    healedBy: [],
  },
  {
    name: 'flannel is told to run on nodes that are not there',
    findings: {
      'flannel-serves-every-node · joelclaw': [
        {
          code: 'flannel-unavailable',
          seen: '0 of 0 available, for 1 nodes',
          expected: '1 of 1',
          remedy:
            'kubectl get pods -n kube-system; if it is crash-looping: ' +
            'sudo modprobe br_netfilter in the VM, then delete its pod once',
        },
      ],
      [flannel]: [
        {
          code: 'wrong-replicas',
          seen: '0 nodes match it',
          expected: '1 ready',
          remedy:
            'kubectl describe daemonset/kube-flannel -n kube-system: ' +
            'compare its nodeSelector and tolerations with the nodes',
        },
      ],
    },
    harm: async ({ kube }) =>
      (await kube()).patch(resources.daemonsets, 'kube-flannel', 'kube-system', 'merge', {
        spec: { template: { spec: { nodeSelector: { role: 'nobody' } } } },
      }),
    wait: '30 s',
    healedBy: [],
  },
  {
    name: 'flannel crash-loops without br_netfilter',
    findings: {
      'flannel-serves-every-node · joelclaw': [
        {
          code: 'flannel-unavailable',
          seen: '0 of 1 available, for 1 nodes',
          expected: '1 of 1',
          remedy:
            'kubectl get pods -n kube-system; if it is crash-looping: ' +
            'sudo modprobe br_netfilter in the VM, then delete its pod once',
        },
      ],
      [flannel]: [
        {
          code: 'too-few-ready',
          seen: '0 ready; kube-flannel-…: Running, kube-flannel CrashLoopBackOff',
          expected: '1 ready',
          remedy: 'kubectl describe pods -n kube-system; kubectl get events -n kube-system',
        },
      ],
      'kernel-is-prepared · module br_netfilter': [
        {
          code: 'module-missing:br_netfilter',
          seen: 'br_netfilter is not loaded in the VM',
          expected: 'it is loaded',
          remedy: 'ssh into the VM: sudo modprobe br_netfilter',
        },
      ],
    },
    also: { 'kernel-is-prepared · *': 'violated' },
    harm: flannelWithoutModule,
    wait: '60 s',
    // Its back-off is still short, so it starts without help once the module is loaded.
    healedBy: ['load-kernel-modules'],
  },
  {
    name: 'flannel has crash-looped for long: its back-off is minutes',
    findings: {
      'no-pod-is-stuck · namespace kube-system': [
        {
          code: 'pod-stuck:kube-flannel-…',
          seen:
            'kube-flannel-… has not been ready for <time>: ' +
            'Running, kube-flannel CrashLoopBackOff',
          expected: 'ready within 300 s',
          remedy: 'kubectl describe pod kube-flannel-… -n kube-system: waiting does not help',
        },
      ],
      'flannel-serves-every-node · joelclaw': [
        {
          code: 'flannel-unavailable',
          seen: '0 of 1 available, for 1 nodes',
          expected: '1 of 1',
          remedy:
            'kubectl get pods -n kube-system; if it is crash-looping: ' +
            'sudo modprobe br_netfilter in the VM, then delete its pod once',
        },
      ],
      [flannel]: [
        {
          code: 'too-few-ready',
          seen: '0 ready; kube-flannel-…: Running, kube-flannel CrashLoopBackOff',
          expected: '1 ready',
          remedy: 'kubectl describe pods -n kube-system; kubectl get events -n kube-system',
        },
      ],
    },
    also: { 'kernel-is-prepared · *': 'violated' },
    harm: flannelWithoutModule,
    wait: '400 s',
    healedBy: ['load-kernel-modules', 'restart-flannel'],
  },
  {
    name: 'subnet.env is lost while flannel runs',
    findings: {
      [`flannel-has-its-subnet · node ${node}`]: [
        {
          code: 'subnet-env-missing',
          seen: '5 sandboxes failed, the last <time> ago: joelclaw/bluesky-pds-…',
          expected: '/run/flannel/subnet.env is there, written by flannel at its start',
          remedy:
            'delete the flannel pod of this node once; ' +
            'then ignore events that are older than its start',
        },
      ],
      'workloads-have-their-replicas · joelclaw/bluesky-pds': [
        {
          code: 'too-few-ready',
          seen: '0 ready; bluesky-pds-…: Pending, bluesky-pds ContainerCreating',
          expected: '1 ready',
          remedy: 'kubectl describe pods -n joelclaw; kubectl get events -n joelclaw',
        },
      ],
      'ports-answer-their-application · pds (9627)': [
        {
          code: 'reset',
          seen: 'reset: socket hang up: docker accepted, the port inside the container is closed',
          expected: 'GET /xrpc/_health → 200 with a “version”',
          remedy:
            'check each hop: host port 9627, VM forwarder, container port 3000, NodePort, ' +
            'endpoints of joelclaw/bluesky-pds, the application',
        },
      ],
    },
    async harm(world) {
      const pid = (await world.docker('inspect', node, '--format', '{{.State.Pid}}')).trim()
      await world.inVm('sudo', 'rm', '-f', `/proc/${pid}/root/run/flannel/subnet.env`)
      // There are no symptoms until a pod needs a new sandbox.
      await deletePods(world, 'joelclaw', 'app.kubernetes.io/name=bluesky-pds')
    },
    wait: '60 s',
    healedBy: ['restart-flannel'],
  },
  {
    name: 'the kernel has lost br_netfilter, and flannel still runs',
    findings: {
      'kernel-is-prepared · module br_netfilter': [
        {
          code: 'module-missing:br_netfilter',
          seen: 'br_netfilter is not loaded in the VM',
          expected: 'it is loaded',
          remedy: 'ssh into the VM: sudo modprobe br_netfilter',
        },
      ],
      'kernel-is-prepared · sysctl net.bridge.bridge-nf-call-iptables': [
        {
          code: 'sysctl:net.bridge.bridge-nf-call-iptables',
          seen: 'it does not exist',
          expected: '1',
          remedy: 'ssh into the VM: sudo sysctl -w net.bridge.bridge-nf-call-iptables=1',
        },
      ],
      'kernel-is-prepared · sysctl net.bridge.bridge-nf-call-ip6tables': [
        {
          code: 'sysctl:net.bridge.bridge-nf-call-ip6tables',
          seen: 'it does not exist',
          expected: '1',
          remedy: 'ssh into the VM: sudo sysctl -w net.bridge.bridge-nf-call-ip6tables=1',
        },
      ],
    },
    harm: ({ inVm }) => inVm('sudo', 'modprobe', '-r', 'br_netfilter'),
    healedBy: ['load-kernel-modules'],
  },
  {
    name: 'bridged packets pass iptables by',
    findings: {
      'kernel-is-prepared · sysctl net.bridge.bridge-nf-call-iptables': [
        {
          code: 'sysctl:net.bridge.bridge-nf-call-iptables',
          seen: 'it is 0',
          expected: '1',
          remedy: 'ssh into the VM: sudo sysctl -w net.bridge.bridge-nf-call-iptables=1',
        },
      ],
    },
    harm: ({ inVm }) => inVm('sudo', 'sysctl', '-w', 'net.bridge.bridge-nf-call-iptables=0'),
    healedBy: ['load-kernel-modules'],
  },
]
