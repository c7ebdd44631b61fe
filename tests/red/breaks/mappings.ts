// Breaks of the path before and behind the Services: port mappings, port-forwards, and the
// applications.
import { node, type World } from '#tests/red/world.ts'
import type { Break } from './break.ts'

/**
 * Exposes inngest by a port-forward, as an operator in a hurry does. Returns the pid of the
 * forward.
 */
async function forward({ command, runtime }: World): Promise<string> {
  const pid = await command(
    'sh',
    '-c',
    'nohup "$@" >/dev/null 2>&1 & echo $!',
    'sh',
    'kubectl',
    'port-forward',
    'svc/inngest-svc',
    '18288:8288',
    '-n',
    'joelclaw',
  )
  await runtime.clock.sleep(2_000)
  return pid.trim()
}

export const mappings: readonly Break[] = [
  {
    name: 'the mapping of Typesense is gone',
    findings: {
      'port-table-agrees · typesense (8108)': [
        {
          code: 'binding-missing',
          seen: 'nothing binds host port 8108',
          expected: 'the node container maps 8108→8108',
          remedy:
            'add the mapping 8108→8108 by the hot-add procedure (resolve the container id ' +
            'first, stop docker.socket before docker)',
        },
      ],
      'ports-answer-their-application · typesense (8108)': [
        {
          code: 'refused',
          seen: 'refused: connect ECONNREFUSED 127.0.0.1:8108',
          expected: 'GET /health → 200 with “ok”: true',
          remedy:
            'check each hop: host port 8108, VM forwarder, container port 8108, NodePort, ' +
            'endpoints of joelclaw/typesense, the application',
        },
      ],
    },
    harm: ({ lab }) => lab.host.faultControls.unbind(node, 8108),
    wait: '10 s',
    // The application is healthy, so a restart would only do harm.
    healedBy: [],
  },
  {
    name: 'the mapping of the PDS leads to the number of the host side',
    findings: {
      'port-table-agrees · pds (9627)': [
        {
          code: 'binding-missing',
          seen: '9627→9627 is bound',
          expected: 'the node container maps 9627→3000',
          remedy:
            'add the mapping 9627→3000 by the hot-add procedure (resolve the container id ' +
            'first, stop docker.socket before docker)',
        },
      ],
      'port-table-agrees · unlisted ports': [
        {
          code: 'unlisted-binding:9627',
          seen: 'the node container maps 9627→9627',
          expected: 'every mapping is in the port table',
          remedy:
            "remove the mapping, or add it to the policy's ports with the check that its " +
            'application answers',
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
    harm({ lab }) {
      lab.host.faultControls.unbind(node, 3000)
      lab.host.faultControls.bind(node, { container: 9627, host: 9627, hostIp: '0.0.0.0' })
    },
    wait: '10 s',
    healedBy: [],
  },
  {
    name: 'the node container maps a port that nobody listed',
    findings: {
      'port-table-agrees · unlisted ports': [
        {
          code: 'unlisted-binding:8181',
          seen: 'the node container maps 8181→8181',
          expected: 'every mapping is in the port table',
          remedy:
            "remove the mapping, or add it to the policy's ports with the check that its " +
            'application answers',
        },
      ],
    },
    harm: ({ lab }) =>
      lab.host.faultControls.bind(node, { container: 8181, host: 8181, hostIp: '0.0.0.0' }),
    wait: '10 s',
    healedBy: [],
  },
  {
    name: 'somebody is served by a port-forward',
    findings: {
      'no-persistent-port-forward · joelclaw': [
        {
          code: 'port-forward',
          seen: 'process 1015: kubectl port-forward svc/inngest-svc 18288:8288 -n joelclaw',
          expected: 'a NodePort with a Docker mapping instead',
          remedy:
            'end it (kill 1015), and expose the service by NodePort and mapping if the host ' +
            'needs it',
        },
      ],
    },
    harm: forward,
    // Users depend on it now: ending it would be an outage.
    healedBy: [],
  },
  {
    name: 'a port-forward has died silently',
    findings: {
      'no-persistent-port-forward · joelclaw': [
        {
          code: 'port-forward',
          seen:
            'process 1015: kubectl port-forward svc/inngest-svc 18288:8288 -n joelclaw (dead: ' +
            'it returns no data)',
          expected: 'a NodePort with a Docker mapping instead',
          remedy:
            'end it (kill 1015), and expose the service by NodePort and mapping if the host ' +
            'needs it',
        },
      ],
    },
    harm: async world => world.command('kill', '-STOP', await forward(world)),
    healedBy: ['end-dead-port-forward'],
  },
]

export const applications: readonly Break[] = [
  {
    name: 'Typesense hangs: it accepts and never answers',
    findings: {
      'ports-answer-their-application · typesense (8108)': [
        {
          code: 'silent',
          seen: 'silent: connected, no answer',
          expected: 'GET /health → 200 with “ok”: true',
          remedy:
            'check each hop: host port 8108, VM forwarder, container port 8108, NodePort, ' +
            'endpoints of joelclaw/typesense, the application',
        },
      ],
    },
    harm: async ({ inVm }) =>
      inVm('sudo', 'kill', '-STOP', (await inVm('pgrep', '-x', 'typesense-server')).trim()),
    healedBy: ['restart-workload'],
  },
  {
    name: 'Typesense has run out of files: it answers 503 and stays Running',
    findings: {
      'ports-answer-their-application · typesense (8108)': [
        {
          code: 'wrong-answer',
          seen: `HTTP 503 "{\\"ok\\":false}"`,
          expected: 'GET /health → 200 with “ok”: true',
          remedy:
            'check each hop: host port 8108, VM forwarder, container port 8108, NodePort, ' +
            'endpoints of joelclaw/typesense, the application',
        },
      ],
    },
    harm({ lab }) {
      const app = lab.node.app('joelclaw', 'typesense-0')
      if (app !== undefined) app.answers503 = true
    },
    healedBy: ['restart-workload'],
  },
  {
    name: 'a stranger answers in the place of the worker',
    findings: {
      'ports-answer-their-application · system-bus-worker (3111)': [
        {
          code: 'wrong-answer',
          seen: 'HTTP 403 "Forbidden"',
          expected: 'GET /api/inngest → 200',
          remedy:
            'check each hop: host port 3111, VM forwarder, container port 3111, NodePort, ' +
            'endpoints of joelclaw/system-bus-worker, the application',
        },
      ],
    },
    harm: ({ lab }) =>
      void lab.host.faultControls.addProcess({
        ppid: 1,
        user: 'joel',
        args: '/opt/homebrew/bin/nginx',
        listens: [{ port: 3111, answer: { status: 403, body: 'Forbidden' } }],
      }),
    // From outside this looks like a stuck application, so holdfast tries one restart.
    healedBy: ['restart-workload (in vain)'],
    left: { 'ports-answer-their-application · system-bus-worker (3111)': 'violated' },
  },
]
