// Phase 2: the address of a control plane node changes, and the inside of the cluster goes on
// calling the old one.
import { under } from '#clusters/tazlab/cite.ts'

const phase = 'Phase 2: The Unexpected Disaster - The IP Change Domino Effect'

export const network = [
  ...under(phase, [
    {
      id: 'network.address-change',
      kind: 'failure-mode',
      statement:
        'A control plane node that changes its address takes nothing else down: services inside the cluster keep reaching the API.',
    },
    {
      id: 'network.no-trivial-change',
      kind: 'lesson',
      statement:
        'A change of a control plane address is never treated as routine: it is rehearsed first and the inside of the cluster is judged after it.',
    },
  ]),
  ...under(`${phase} › The Symptom`, [
    {
      id: 'network.services-talk',
      kind: 'failure-mode',
      statement:
        'Services inside the cluster go on talking to each other while a control plane address changes.',
    },
    {
      id: 'network.coredns-reaches-api',
      kind: 'failure-mode',
      statement:
        'CoreDNS reaches the API at 10.96.0.1:443; its log holds neither "No route to host" nor "Connection refused" for it.',
    },
    {
      id: 'network.longhorn-reaches-api',
      kind: 'failure-mode',
      statement:
        'Longhorn reaches the API at 10.96.0.1:443; its log holds neither "No route to host" nor "Connection refused" for it.',
    },
  ]),
  ...under(`${phase} › The Investigation`, [
    {
      id: 'diagnosis.pods-of-all-namespaces',
      kind: 'rule',
      statement:
        'Looking for the cause starts at the pods of all namespaces and goes on to the logs of the components that are failing.',
      provenBy: ['workloads-have-their-replicas'],
    },
    {
      id: 'workloads.no-crash-loops',
      kind: 'failure-mode',
      statement:
        'No pod of any namespace stays in CrashLoopBackOff after a change of the control plane.',
      provenBy: ['no-pod-is-stuck'],
    },
    {
      id: 'storage.manager-lists-nodes',
      kind: 'failure-mode',
      statement:
        'longhorn-manager can list the nodes; "Failed to list nodes … connect: no route to host" means that the inner route to the API is broken.',
    },
    {
      id: 'network.kubernetes-endpoint-is-current',
      kind: 'must',
      statement:
        'The Endpoints of kubernetes.default name the address that the control plane has now (.253), not one that it had before (.71).',
    },
    {
      id: 'access.kubeconfig-is-not-enough',
      kind: 'lesson',
      statement:
        'A corrected kubeconfig outside proves nothing about the inside: the inner routes to the API are looked at on their own.',
    },
    {
      id: 'network.proxy-rules-follow',
      kind: 'must',
      statement:
        'The rules that kube-proxy keeps in iptables follow the endpoints: on no node do they lead to an address that is gone.',
    },
  ]),
  ...under(`${phase} › The Solution: Manual Patching of Endpoints`, [
    {
      id: 'network.endpoints-patched-last',
      kind: 'rule',
      statement:
        'The Endpoints of kubernetes.default belong to the control plane; they are patched by hand only in a partition that leaves no other way, for it is risky.',
    },
    {
      id: 'network.endpoints-patched-whole',
      kind: 'rule',
      statement:
        'Such a patch starts from the extracted object and states the whole subset: address 192.168.1.253, port 6443, protocol TCP, name https.',
    },
    {
      id: 'network.coredns-restarted',
      kind: 'rule',
      statement: 'CoreDNS is restarted right after the endpoints have been corrected.',
    },
    {
      id: 'network.proxy-restarted',
      kind: 'rule',
      statement: 'kube-proxy is restarted right after the endpoints have been corrected.',
    },
    {
      id: 'recovery.storage-after-network',
      kind: 'lesson',
      statement:
        'A network that works again is not a recovery: storage is judged on its own before the incident is closed.',
    },
  ]),
]
