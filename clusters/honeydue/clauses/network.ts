// Failures of the network between pods and nodes.
import { under } from '#clusters/honeydue/cite.ts'

const level = 'Failure catalog › Networking failures'

export const network = [
  ...under(`${level} › UFW rule accidentally blocks essential traffic`, [
    {
      id: 'network.firewall-lets-essentials-through',
      kind: 'failure-mode',
      statement:
        'No firewall rule stops what must pass: the api reaches Postgres, pods reach pods of other nodes, kubectl reaches the API.',
    },
    {
      id: 'network.firewall-rule-is-removed',
      kind: 'rule',
      statement:
        'An offending rule is looked up by its number over SSH and deleted, that one alone.',
    },
    {
      id: 'network.firewall-rescue',
      kind: 'rule',
      statement:
        'Where SSH is blocked too, the node is started in rescue mode from the Hetzner console, its disk mounted and /etc/ufw/user.rules edited.',
    },
  ]),
  ...under(`${level} › Flannel broken on one node`, [
    {
      id: 'network.overlay-carries',
      kind: 'failure-mode',
      statement: 'Pods of every node reach pods of other nodes through the overlay of flannel.',
    },
    {
      id: 'network.cross-node-services',
      kind: 'failure-mode',
      statement: 'A ClusterIP Service answers also where its endpoints are on other nodes.',
    },
    {
      id: 'network.overlay-restarted',
      kind: 'rule',
      statement: 'Where flannel is broken on one node the k3s service of that node is restarted.',
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
        'A name that resolves, followed by a refused or timed-out connection, points to kube-proxy and not to DNS.',
    },
    {
      id: 'network.proxy-restarted',
      kind: 'rule',
      statement:
        'Where kube-proxy is broken on one node the k3s service of that node is restarted, as for flannel.',
    },
  ]),
]
