// Failures of the network between pods and nodes.
import { under } from '#clusters/honeydue/cite.ts'

const level = 'Failure catalog › Networking failures'

export const network = [
  ...under(`${level} › UFW rule accidentally blocks essential traffic`, [
    {
      id: 'network.firewall-lets-essentials-through',
      kind: 'failure-mode',
      statement:
        'No firewall rule blocks essential traffic: ' +
        'api to Postgres, pods to pods on other nodes, kubectl to the API.',
    },
    {
      id: 'network.firewall-rule-is-removed',
      kind: 'rule',
      statement:
        'The operator finds the offending rule by its number over SSH and deletes only that rule.',
    },
    {
      id: 'network.firewall-rescue',
      kind: 'rule',
      statement:
        'When SSH is blocked too, the operator starts the node in rescue mode from the Hetzner ' +
        'console, mounts its disk and edits /etc/ufw/user.rules.',
    },
  ]),
  ...under(`${level} › Flannel broken on one node`, [
    {
      id: 'network.overlay-carries',
      kind: 'failure-mode',
      statement: 'Pods of every node reach pods of other nodes through the flannel overlay.',
    },
    {
      id: 'network.cross-node-services',
      kind: 'failure-mode',
      statement: 'A ClusterIP Service also answers when its endpoints are on other nodes.',
    },
    {
      id: 'network.overlay-restarted',
      kind: 'rule',
      statement: 'When flannel is broken on one node, the operator restarts k3s on that node.',
      provenBy: ['fix:restart-node-service'],
    },
  ]),
  ...under(`${level} › Kube-proxy broken on one node`, [
    {
      id: 'network.cluster-addresses-answer',
      kind: 'failure-mode',
      statement: 'Pods of every node reach the ClusterIPs.',
    },
    {
      id: 'network.resolved-but-refused',
      kind: 'lesson',
      statement:
        'A connection refused or timed out after its name resolves points to kube-proxy, not DNS.',
    },
    {
      id: 'network.proxy-restarted',
      kind: 'rule',
      statement: 'When kube-proxy is broken on one node, the operator restarts k3s on that node.',
    },
  ]),
]
