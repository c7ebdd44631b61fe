// Breaks of the access: kubeconfig, talosconfig, and the ports at which Docker publishes the two
// APIs.
import type { Break } from './break.ts'
import { withoutApi } from './unseen.ts'
import { node } from '#tests/red/world.ts'

const kubeconfig = '~/.kube/config'
/** The port of the Talos API after the world's first start. */
const talosPort = 32_769

export const endpoints: readonly Break[] = [
  {
    name: 'the kubeconfig points to a port of the past',
    findings: {
      'kubeconfig-points-to-the-api · joelclaw': [
        {
          code: 'port-drifted',
          seen: 'context admin@joelclaw-1 points to https://127.0.0.1:40123',
          expected: 'the API is mapped at 127.0.0.1:32768 now',
          remedy:
            'talosctl kubeconfig --force ~/.kube/config, then set its server to ' +
            'https://127.0.0.1:<port>, then kubectl config use-context admin@joelclaw-1',
        },
      ],
    },
    also: withoutApi,
    harm: ({ command }) =>
      command('kubectl', 'config', 'set-cluster', 'joelclaw-1', '--server=https://127.0.0.1:40123'),
    healedBy: ['regenerate-kubeconfig'],
  },
  {
    name: 'the context of this cluster is not in the kubeconfig',
    findings: {
      'kubeconfig-points-to-the-api · joelclaw': [
        {
          code: 'no-context',
          seen: 'contexts: admin@joelclaw',
          expected: 'one of admin@joelclaw-1',
          remedy:
            'talosctl kubeconfig --force ~/.kube/config, then set its server to ' +
            'https://127.0.0.1:<port>, then kubectl config use-context admin@joelclaw-1',
        },
      ],
    },
    also: withoutApi,
    harm: ({ command }) => command('kubectl', 'config', 'delete-context', 'admin@joelclaw-1'),
    healedBy: ['regenerate-kubeconfig'],
  },
  {
    name: 'the talosconfig points to a port of the past',
    findings: {
      'talosconfig-points-to-talos · joelclaw': [
        {
          code: 'port-drifted',
          seen: `talosconfig's endpoints are 127.0.0.1:40124`,
          expected: 'the Talos API is mapped at 127.0.0.1:32769 now',
          remedy: 'talosctl config endpoint 127.0.0.1:32769',
        },
      ],
    },
    harm: ({ command }) => command('talosctl', 'config', 'endpoint', '127.0.0.1:40124'),
    healedBy: ['repoint-talosconfig'],
  },
  {
    name: 'the talosconfig has no endpoint at all',
    findings: {
      'talosconfig-points-to-talos · joelclaw': [
        {
          code: 'port-drifted',
          seen: `talosconfig's endpoints are not set`,
          expected: 'the Talos API is mapped at 127.0.0.1:32769 now',
          remedy: 'talosctl config endpoint 127.0.0.1:32769',
        },
      ],
    },
    harm: ({ command }) => command('talosctl', 'config', 'endpoint'),
    healedBy: ['repoint-talosconfig'],
  },
  {
    name: 'kubeconfig and talosconfig both point to ports of the past',
    findings: {
      'kubeconfig-points-to-the-api · joelclaw': [
        {
          code: 'port-drifted',
          seen: 'context admin@joelclaw-1 points to https://127.0.0.1:40123',
          expected: 'the API is mapped at 127.0.0.1:32768 now',
          remedy:
            'talosctl kubeconfig --force ~/.kube/config, then set its server to ' +
            'https://127.0.0.1:<port>, then kubectl config use-context admin@joelclaw-1',
        },
      ],
      'talosconfig-points-to-talos · joelclaw': [
        {
          code: 'port-drifted',
          seen: `talosconfig's endpoints are 127.0.0.1:40124`,
          expected: 'the Talos API is mapped at 127.0.0.1:32769 now',
          remedy: 'talosctl config endpoint 127.0.0.1:32769',
        },
      ],
    },
    also: withoutApi,
    async harm({ command }) {
      await command(
        'kubectl',
        'config',
        'set-cluster',
        'joelclaw-1',
        '--server=https://127.0.0.1:40123',
      )
      await command('talosctl', 'config', 'endpoint', '127.0.0.1:40124')
    },
    // The new kubeconfig comes through the Talos API. If the other fix has not run, this fix must
    // set the endpoint too.
    healedBy: ['regenerate-kubeconfig'],
  },
  {
    name: 'the kubeconfig skips the verification of TLS',
    findings: {
      'tls-verifies · joelclaw': [
        {
          code: 'tls-not-verified',
          seen: 'context admin@joelclaw-1 sets insecure-skip-tls-verify',
          expected: 'the CA of the cluster, verified',
          remedy: 'regenerate the kubeconfig; do not copy the insecure one back',
        },
      ],
    },
    harm: ({ command }) =>
      command('kubectl', 'config', 'set-cluster', 'joelclaw-1', '--insecure-skip-tls-verify=true'),
    healedBy: ['regenerate-kubeconfig'],
  },
  {
    name: 'the kubeconfig holds the CA of the cluster before',
    findings: {
      'tls-verifies · joelclaw': [
        {
          code: 'tls-fails',
          seen:
            'https://127.0.0.1:32768 did not answer: SELF_SIGNED_CERT_IN_CHAIN 127.0.0.1:32768: ' +
            'no authority in the kubeconfig signed its certificate: ' +
            'another server owns the port, or the cluster was recreated',
          expected: 'a certificate for this server, signed by the CA in the kubeconfig',
          remedy: 'find out what listens on that port; then regenerate the kubeconfig',
        },
      ],
    },
    also: withoutApi,
    async harm({ runtime }) {
      const text = (await runtime.files.read(kubeconfig)) ?? ''
      const [bygone, present] = [...text.matchAll(/certificate-authority-data: (\S+)/g)].map(
        match => match[1] ?? '',
      )
      await runtime.files.write(kubeconfig, text.replace(present ?? '', bygone ?? ''))
    },
    healedBy: ['regenerate-kubeconfig'],
  },
  {
    name: 'the current context is that of the dead cluster',
    findings: {
      'context-is-this-cluster · joelclaw': [
        {
          code: 'current-context',
          seen: 'the current context is admin@joelclaw',
          expected: 'admin@joelclaw-1, so that people and scripts reach what holdfast judges',
          remedy: 'kubectl config use-context admin@joelclaw-1',
        },
      ],
    },
    harm: ({ command }) => command('kubectl', 'config', 'use-context', 'admin@joelclaw'),
    healedBy: ['regenerate-kubeconfig'],
  },
  {
    name: 'the context leads to a cluster of another identity',
    findings: {
      'context-is-this-cluster · joelclaw': [
        {
          code: 'foreign-cluster',
          seen: 'https://127.0.0.1:32768 is the cluster whose kube-system has uid <uid>',
          expected: 'uid 00000000-0000-4000-8000-000000000000',
          remedy:
            'correct the context, or the uid in the policy if the cluster was recreated on purpose',
        },
      ],
    },
    policy: policy => ({
      ...policy,
      identity: { ...policy.identity, kubeSystemUid: '00000000-0000-4000-8000-000000000000' },
    }),
    // holdfast cannot know which of the two is right.
    healedBy: [],
  },
  {
    name: 'the Talos API is published no more',
    findings: {
      'api-bindings-are-as-declared · Talos 50000': [
        {
          code: 'not-published',
          seen: `node ${node} does not publish 50000/tcp`,
          expected: '50000/tcp is published',
          remedy: 'recreate the container with the port, or hot-add it',
        },
      ],
    },
    // holdfast cannot learn where the API is mapped now.
    also: { 'talosconfig-points-to-talos · joelclaw': 'unknown' },
    harm: ({ lab }) => lab.host.faultControls.unbind(node, 50_000),
    wait: '10 s',
    healedBy: [],
  },
  {
    name: 'the Talos API is pinned where the policy says random',
    findings: {
      'api-bindings-are-as-declared · Talos 50000': [
        {
          code: 'pinned-unawares',
          seen: `node ${node} pins it to 32769`,
          expected: 'random, as the policy declares',
          remedy: 'write the pinned port into the policy',
        },
      ],
    },
    harm({ lab }) {
      lab.host.faultControls.unbind(node, 50_000)
      lab.host.faultControls.bind(node, { container: 50_000, host: talosPort, hostIp: '0.0.0.0' })
    },
    wait: '10 s',
    healedBy: [],
  },
  {
    name: 'the API is random where the policy says pinned',
    findings: {
      'api-bindings-are-as-declared · API 6443': [
        {
          code: 'not-pinned',
          seen: `Docker picks a random host port for node ${node} at each start`,
          expected: 'pinned to 6443',
          remedy:
            'recreate the container with 6443:6443, or change the policy and rely on the ' +
            'kubeconfig fix',
        },
      ],
    },
    policy: policy => ({
      ...policy,
      endpoints: { ...policy.endpoints, api: { ...policy.endpoints.api, pinned: 6443 } },
    }),
    healedBy: [],
  },
]
