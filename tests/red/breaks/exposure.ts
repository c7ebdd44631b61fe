// Breaks of the Services through which the host reaches applications.
import { resources } from '#src/kubernetes/client.ts'
import type { World } from '#tests/red/world.ts'
import type { Break } from './break.ts'

const patchService = async (
  { kube }: World,
  name: string,
  body: unknown,
  type: 'json' | 'merge' = 'merge',
): Promise<unknown> => (await kube()).patch(resources.services, name, 'joelclaw', type, body)

export const services: readonly Break[] = [
  {
    name: 'the Service of redis is gone',
    findings: {
      'host-services-use-nodeports · redis (6379)': [
        {
          code: 'service-missing',
          seen: 'there is no such Service',
          expected: 'Service joelclaw/redis is a NodePort on 6379',
          remedy: 'apply the manifests of this service',
        },
      ],
      'ports-answer-their-application · redis (6379)': [
        {
          code: 'reset',
          seen: 'reset: socket hang up: docker accepted, the port inside the container is closed',
          expected: `answers "PING\\r\\n" with “PONG”`,
          remedy:
            'check each hop: host port 6379, VM forwarder, container port 6379, NodePort, ' +
            'endpoints of joelclaw/redis, the application',
        },
      ],
    },
    harm: async ({ kube }) => (await kube()).remove(resources.services, 'redis', 'joelclaw'),
    wait: '5 s',
    healedBy: [],
  },
  {
    name: 'an upgrade makes the Service of Typesense a ClusterIP',
    findings: {
      'host-services-use-nodeports · typesense (8108)': [
        {
          code: 'not-a-nodeport',
          seen: 'its type is ClusterIP, and it names no nodePort',
          expected: 'Service joelclaw/typesense is a NodePort on 8108',
          remedy:
            'kubectl patch svc typesense -n joelclaw so that its nodePort is 8108 (the ' +
            'container side of 8108→8108)',
        },
      ],
      'ports-answer-their-application · typesense (8108)': [
        {
          code: 'reset',
          seen: 'reset: socket hang up: docker accepted, the port inside the container is closed',
          expected: 'GET /health → 200 with “ok”: true',
          remedy:
            'check each hop: host port 8108, VM forwarder, container port 8108, NodePort, ' +
            'endpoints of joelclaw/typesense, the application',
        },
      ],
    },
    harm: world => patchService(world, 'typesense', { spec: { type: 'ClusterIP' } }),
    wait: '5 s',
    healedBy: ['patch-nodeport'],
  },
  {
    name: 'an upgrade makes a Service of two ports a ClusterIP',
    findings: {
      'host-services-use-nodeports · inngest (8288)': [
        {
          code: 'not-a-nodeport',
          seen: 'its type is ClusterIP, and it names no nodePort',
          expected: 'Service joelclaw/inngest-svc is a NodePort on 8288',
          remedy:
            'kubectl patch svc inngest-svc -n joelclaw so that its nodePort is 8288 (the ' +
            'container side of 8288→8288)',
        },
      ],
      'host-services-use-nodeports · inngest-ws (8289)': [
        {
          code: 'not-a-nodeport',
          seen: 'its type is ClusterIP, and it names no nodePort',
          expected: 'Service joelclaw/inngest-svc is a NodePort on 8289',
          remedy:
            'kubectl patch svc inngest-svc -n joelclaw so that its nodePort is 8289 (the ' +
            'container side of 8289→8289)',
        },
      ],
      'ports-answer-their-application · inngest (8288)': [
        {
          code: 'reset',
          seen: 'reset: socket hang up: docker accepted, the port inside the container is closed',
          expected: 'GET /health → 200 with “status”: 200',
          remedy:
            'check each hop: host port 8288, VM forwarder, container port 8288, NodePort, ' +
            'endpoints of joelclaw/inngest-svc, the application',
        },
      ],
      'ports-answer-their-application · inngest-ws (8289)': [
        {
          code: 'reset',
          seen: 'reset: socket hang up: docker accepted, the port inside the container is closed',
          expected: 'accepts a connection',
          remedy:
            'check each hop: host port 8289, VM forwarder, container port 8289, NodePort, ' +
            'endpoints of joelclaw/inngest-svc, the application',
        },
      ],
    },
    harm: world => patchService(world, 'inngest-svc', { spec: { type: 'ClusterIP' } }),
    wait: '5 s',
    healedBy: ['patch-nodeport'],
  },
  {
    name: 'an upgrade resets the NodePort of the PDS to the host side of its mapping',
    findings: {
      'host-services-use-nodeports · pds (9627)': [
        {
          code: 'wrong-nodeport',
          seen: 'its nodePort is 9627',
          expected: 'Service joelclaw/bluesky-pds is a NodePort on 3000',
          remedy:
            'kubectl patch svc bluesky-pds -n joelclaw so that its nodePort is 3000 (the ' +
            'container side of 9627→3000)',
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
      'port-table-agrees · unlisted ports': [
        {
          code: 'unlisted-nodeport:9627',
          seen: 'Service joelclaw/bluesky-pds has NodePort 9627',
          expected: 'a NodePort only for what the host uses, and in the port table',
          remedy: 'make the Service a ClusterIP, or add the port to the policy',
        },
      ],
    },
    harm: world =>
      patchService(
        world,
        'bluesky-pds',
        [{ op: 'replace', path: '/spec/ports/0/nodePort', value: 9627 }],
        'json',
      ),
    wait: '5 s',
    healedBy: ['patch-nodeport'],
  },
  {
    name: 'a Service that the host does not use has a NodePort',
    findings: {
      'port-table-agrees · unlisted ports': [
        {
          code: 'unlisted-nodeport:30808',
          seen: 'Service joelclaw/dkron-svc has NodePort 30808',
          expected: 'a NodePort only for what the host uses, and in the port table',
          remedy: 'make the Service a ClusterIP, or add the port to the policy',
        },
      ],
    },
    harm: world =>
      patchService(
        world,
        'dkron-svc',
        [
          { op: 'replace', path: '/spec/type', value: 'NodePort' },
          { op: 'add', path: '/spec/ports/0/nodePort', value: 30_808 },
        ],
        'json',
      ),
    healedBy: [],
  },
  {
    name: 'the selector of a Service finds no pod',
    findings: {
      'ports-answer-their-application · system-bus-worker (3111)': [
        {
          code: 'reset',
          seen: 'reset: socket hang up: docker accepted, the port inside the container is closed',
          expected: 'GET /api/inngest → 200',
          remedy:
            'check each hop: host port 3111, VM forwarder, container port 3111, NodePort, ' +
            'endpoints of joelclaw/system-bus-worker, the application',
        },
      ],
    },
    harm: world =>
      patchService(world, 'system-bus-worker', { spec: { selector: { app: 'nobody' } } }),
    wait: '5 s',
    healedBy: [],
  },
]
