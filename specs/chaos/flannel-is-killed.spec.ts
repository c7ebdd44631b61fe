// Incidents: flannel's pod dies; and crash-loops because the kernel module below it is gone.
// (ADR-0148, checklist steps 3 and 4)
import { unloadModule } from '#helpers/colima/faults.ts'
import { flannelTarget } from '#helpers/flannel/target.ts'
import { deletePods } from '#helpers/kubernetes/faults/pods.ts'
import { drill, verify, type Policy } from '#helpers/index.ts'
import { steadyState } from '#specs/invariants/index.ts'
import { flannelServesEveryNode, kernelIsPrepared } from '#specs/invariants/network.spec.ts'

const flannelPod = ({ network: { flannel } }: Policy) =>
  flannel.as === 'daemonset'
    ? [
        deletePods({
          kind: 'DaemonSet',
          namespace: flannel.namespace,
          name: flannel.name,
          force: true,
        }),
      ]
    : []

export const flannelPodIsKilled = drill({
  name: 'flannel-pod-killed',
  title: 'the DaemonSet replaces a killed flannel pod without help',
  incident: {
    story: 'flannel needs a check after each restart: without it no pod gets a network',
    source: 'ADR-0148, Post-Restart Recovery Checklist, step 3',
  },
  steadyState,
  targets: [flannelTarget],
  faults: flannelPod,
  breaks: [{ invariant: flannelServesEveryNode, within: '15 s' }],
  healer: 'cluster',
  expects: [],
  // Gone +1.8 s, new one ready +3.8 s; ten times that. @source measured on a v1.35 node: flannel
  // pod deleted
  budgets: { detected: '15 s', recovered: '40 s' },
  stability: '30 s',
})

export const flannelCrashLoops = drill({
  name: 'flannel-crash-loops-without-br-netfilter',
  title: 'flannel that crash-loops without br_netfilter gets the module back and restarts once',
  incident: {
    story:
      'flannel crashed on a missing /proc/sys/net/bridge file; Talos has no shell, the ' +
      'module is loaded in the VM',
    source:
      'ADR-0148, Post-Restart Recovery Checklist, step 4; k8s skill (first vintage), Danger ' +
      'Zones 5',
  },
  steadyState,
  targets: [flannelTarget],
  faults: policy => [unloadModule({ module: 'br_netfilter' }), ...flannelPod(policy)],
  breaks: [
    { invariant: kernelIsPrepared, within: '15 s' },
    { invariant: flannelServesEveryNode, within: '30 s' },
  ],
  healer: 'holdfast',
  expects: ['load-kernel-modules', 'restart-flannel'],
  // One back-off of a crash loop and a restart. @source Kubernetes default, restart back-off 10 s
  // doubling
  budgets: { detected: '15 s', recovered: '120 s' },
  stability: '30 s',
})

verify(import.meta, flannelPodIsKilled, flannelCrashLoops)
