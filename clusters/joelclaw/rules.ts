// joelclaw's rules for the manifests of its own namespaces. Each rule comes from its history.
import type { PolicyInput } from '#src/model/index.ts'

type Rules = NonNullable<PolicyInput['manifests']>
type Elsewhere = NonNullable<NonNullable<NonNullable<Rules['references']>['elsewhere']>[number]>

const secret = (namespace: string, ...names: readonly string[]): readonly Elsewhere[] =>
  names.map(name => ({ kind: 'Secret', namespace, name }))

export const manifests: Rules = {
  probes: { outlastWarmUp: true },
  ports: {
    // @source joelclaw history, recreation of the cluster: service-node-port-range
    range: { from: 1, to: 65_535 },
    // @source Kubernetes, ports and protocols; Talos, network connectivity
    reserved: [
      { port: 2379, of: 'etcd' },
      { port: 2380, of: 'etcd' },
      { port: 6443, of: 'the API server' },
      { port: 10_250, of: 'the kubelet' },
      { port: 10_256, of: 'kube-proxy' },
      { port: 10_257, of: 'the controller manager' },
      { port: 10_259, of: 'the scheduler' },
      { port: 7445, of: 'KubePrism of Talos' },
      { port: 50_000, of: 'the API of Talos' },
      { port: 50_001, of: 'trustd of Talos' },
    ],
    // On the host network: its ports are the node's. @source k8s skill (first vintage), Services;
    // joelclaw history, manifests of LiveKit
    onHost: [7880, 7881].map(port => ({ namespace: 'joelclaw', workload: 'livekit-server', port })),
  },
  variables: [
    {
      namespace: 'joelclaw',
      workload: 'system-bus-worker',
      reads: ['REDIS_PORT'],
      because: 'the Service redis sets it to a URL, and the worker expects a number',
    },
    {
      namespace: 'joelclaw',
      workload: 'inngest',
      reads: ['INNGEST_PORT'],
      because: 'a Service inngest would set it to a URL, and Inngest expects a number',
    },
  ],
  images: { pinned: 'tag', fromCache: true },
  claims: { namedClass: true, defaultClass: 'local-path', registered: true },
  resources: { requests: ['cpu', 'memory'], limits: ['memory'] },
  noPlainSecrets: true,
  // Created by hand, by a chart or by an operator: no manifest contains them.
  references: {
    elsewhere: [
      ...secret(
        'joelclaw',
        'bluesky-pds-secrets',
        'ghcr-pull',
        'livekit-keys',
        'system-bus-env',
        'typesense-secret',
      ),
      ...secret('aistor', 'aistor-env-configuration', 'aistor-s3-tls'),
    ],
  },
}
