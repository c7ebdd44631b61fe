// Phase 2: a control plane node changes its address, and in-cluster traffic still goes to the old
// one.
import { under } from '#clusters/tazlab/cite.ts'

const phase = 'Phase 2: The Unexpected Disaster - The IP Change Domino Effect'

export const network = [
  ...under(phase, [
    {
      id: 'network.address-change',
      kind: 'failure-mode',
      statement:
        'A control plane node that changes its address takes nothing else down: ' +
        'in-cluster services still reach the API.',
    },
    {
      id: 'network.no-trivial-change',
      kind: 'lesson',
      statement:
        'A control plane address change is never routine: ' +
        'the operator rehearses it first and checks in-cluster access to the API afterwards.',
    },
  ]),
  ...under(`${phase} › The Symptom`, [
    {
      id: 'network.services-talk',
      kind: 'failure-mode',
      statement:
        'In-cluster services keep talking to each other while a control plane address changes.',
    },
    {
      id: 'network.coredns-reaches-api',
      kind: 'failure-mode',
      statement:
        'CoreDNS reaches the API at 10.96.0.1:443, and logs neither "No route to host" nor ' +
        '"Connection refused" for it.',
    },
    {
      id: 'network.longhorn-reaches-api',
      kind: 'failure-mode',
      statement:
        'Longhorn reaches the API at 10.96.0.1:443, and logs neither "No route to host" nor ' +
        '"Connection refused" for it.',
    },
  ]),
  ...under(`${phase} › The Investigation`, [
    {
      id: 'diagnosis.pods-of-all-namespaces',
      kind: 'rule',
      statement:
        'A diagnosis starts with all pods in all namespaces, then reads logs of failing ' +
        'components.',
      provenBy: ['workloads-have-their-replicas'],
    },
    {
      id: 'workloads.no-crash-loops',
      kind: 'failure-mode',
      statement: 'After a control plane change no pod in any namespace stays in CrashLoopBackOff.',
      provenBy: ['no-pod-is-stuck'],
    },
    {
      id: 'storage.manager-lists-nodes',
      kind: 'failure-mode',
      statement:
        'longhorn-manager can list the nodes. "Failed to list nodes … connect: ' +
        'no route to host" means that the in-cluster route to the API is broken.',
    },
    {
      id: 'network.kubernetes-endpoint-is-current',
      kind: 'must',
      statement:
        'The Endpoints of kubernetes.default name the current control plane address (.253), ' +
        'not a former one (.71).',
    },
    {
      id: 'access.kubeconfig-is-not-enough',
      kind: 'lesson',
      statement:
        'A corrected external kubeconfig proves nothing about in-cluster routes to the API: ' +
        'they have their own check.',
    },
    {
      id: 'network.proxy-rules-follow',
      kind: 'must',
      statement:
        'The iptables rules of kube-proxy follow the endpoints: ' +
        'on no node do they point to a former address.',
    },
  ]),
  ...under(`${phase} › The Solution: Manual Patching of Endpoints`, [
    {
      id: 'network.endpoints-patched-last',
      kind: 'rule',
      statement:
        'The control plane manages the Endpoints of kubernetes.default. ' +
        'Patching them by hand is risky: an operator does so only in a partition, ' +
        'when nothing else is left.',
    },
    {
      id: 'network.endpoints-patched-whole',
      kind: 'rule',
      statement:
        'The patch starts from the extracted object and states the whole subset: ' +
        'address 192.168.1.253, port 6443, protocol TCP, name https.',
    },
    {
      id: 'network.coredns-restarted',
      kind: 'rule',
      statement: 'CoreDNS restarts right after the endpoints are corrected.',
    },
    {
      id: 'network.proxy-restarted',
      kind: 'rule',
      statement: 'kube-proxy restarts right after the endpoints are corrected.',
    },
    {
      id: 'recovery.storage-after-network',
      kind: 'lesson',
      statement:
        'A repaired network does not close the incident: storage must pass its own check first.',
    },
  ]),
]
