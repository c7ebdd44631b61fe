// Breaks of single services: names, images, webhooks and settings that once broke another service.
import { resources } from '#src/kubernetes/client.ts'
import type { Service, WorkloadObject } from '#src/model/index.ts'
import type { World } from '#tests/red/world.ts'
import type { Break } from './break.ts'

const service = (name: string, namespace = 'joelclaw'): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec: { type: 'ClusterIP', ports: [{ port: 8080 }] },
})
const unavailable = 'minio/minio:RELEASE.2025-10-15T17-29-55Z'
const probe = { httpGet: { path: '/minio/health/live', port: 9000 } }

/** The pod has not started, but holdfast judges its image all the same. */
const oldMinio: WorkloadObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'minio-old', namespace: 'aistor' },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: 'minio-old' } },
    template: {
      metadata: { labels: { app: 'minio-old' } },
      spec: {
        containers: [
          {
            name: 'minio',
            image: unavailable,
            livenessProbe: probe,
            readinessProbe: probe,
            startupProbe: probe,
          },
        ],
      },
    },
  },
}

const patchWorker = async ({ kube }: World, container: unknown): Promise<unknown> =>
  (await kube()).patch(resources.deployments, 'system-bus-worker', 'joelclaw', 'strategic', {
    spec: { template: { spec: { containers: [container] } } },
  })

const harmful = [
  [
    'dkron',
    'it injects DKRON_* variables that Dkron parses as its configuration; ' +
      'the names are dkron-svc and dkron-peer',
  ],
  ['inngest', 'it injects INNGEST_PORT, which the Inngest binary parses; the name is inngest-svc'],
  ['minio', 'older clients expect the former MinIO behind it; AIStor keeps to its own namespace'],
] as const

export const traps: readonly Break[] = [
  ...harmful.map(([name, because]): Break => ({
    name: `a Service is called just ${name}`,
    findings: {
      [`no-harmful-service-name · svc/${name}`]: [
        {
          code: 'harmful-name',
          seen: `Service joelclaw/${name} exists`,
          expected: `no such name: ${because}`,
          remedy: 'rename the Service, e.g. <name>-svc, and its users with it',
        },
      ],
      ...(name === 'inngest'
        ? {
            'settings-are-not-injected · joelclaw/inngest': [
              {
                code: 'injected:INNGEST_PORT:StatefulSet/inngest/inngest',
                seen:
                  'Service joelclaw/inngest sets INNGEST_PORT in container inngest of ' +
                  'StatefulSet joelclaw/inngest',
                expected:
                  'its own INNGEST_PORT: a Service inngest would set it to a URL, ' +
                  'and Inngest expects a number',
                remedy:
                  'set INNGEST_PORT in its env, or enableServiceLinks: false in its pod template',
              },
            ],
          }
        : {}),
    },
    harm: async ({ kube }) => (await kube()).create(resources.services, service(name)),
    healedBy: [],
  })),
  {
    name: 'AIStor calls a Service minio in its own namespace',
    // The setting does no harm there.
    findings: {},
    harm: async ({ kube }) => (await kube()).create(resources.services, service('minio', 'aistor')),
    healedBy: [],
  },
  {
    name: 'a workload wants an image that its registry does not have',
    findings: {
      [`no-unavailable-image · ${unavailable}`]: [
        {
          code: 'unavailable-image:Deployment aistor/minio-old',
          seen: 'container minio of Deployment aistor/minio-old uses it',
          expected: 'a tag that the registry has',
          remedy: 'set a tag that was pulled before, and pin it',
        },
      ],
    },
    // holdfast judges the probes and requirements of a new workload, too.
    also: {
      'containers-have-probes · aistor/minio-old': 'holds',
      'containers-state-their-needs · namespace aistor': 'violated',
      'templates-tolerate-the-control-plane · namespace aistor': 'violated',
    },
    harm: async ({ kube }) => (await kube()).create(resources.deployments, oldMinio),
    healedBy: [],
  },
  {
    name: 'the webhook of the object-store operator is back',
    findings: {
      'conflicting-webhooks-stay-off · webhook *object-store*': [
        {
          code: 'webhook-on',
          seen: 'MutatingWebhookConfiguration object-store-operator-webhook exists',
          expected: 'upgrades of the AIStor operator fail over the ownership of its caBundle',
          remedy: 'disable the webhook in the Helm values, then delete the configuration',
        },
      ],
    },
    harm: async ({ kube }) =>
      (await kube()).create(resources.mutatingwebhookconfigurations, {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingWebhookConfiguration',
        metadata: { name: 'object-store-operator-webhook' },
        webhooks: [],
      }),
    healedBy: [],
  },
  {
    name: 'Dkron is hardened to another user',
    findings: {
      'root-where-needed · joelclaw/dkron': [
        {
          code: 'not-root',
          seen: 'its securityContext forbids root',
          expected: 'it runs as root',
          remedy: 'remove runAsNonRoot and runAsUser from its pod template',
        },
      ],
    },
    harm: async ({ kube }) =>
      (await kube()).patch(resources.statefulsets, 'dkron', 'joelclaw', 'merge', {
        spec: { template: { spec: { securityContext: { runAsUser: 1000 } } } },
      }),
    healedBy: [],
  },
  {
    name: 'the worker asks the host by its old alias, in a variable',
    findings: {
      'no-legacy-host-alias · host.k3d.internal': [
        {
          code: 'legacy-host:Deployment joelclaw/system-bus-worker',
          seen:
            'variable LEGACY_URL of container system-bus-worker, ' +
            'Deployment joelclaw/system-bus-worker',
          expected: 'an explicit host name',
          remedy: 'replace host.k3d.internal by the name of the host or Service',
        },
      ],
    },
    // By then the controller has noticed it and is repairing it.
    wait: '1 s',
    harm: world =>
      patchWorker(world, {
        name: 'system-bus-worker',
        env: [{ name: 'LEGACY_URL', value: 'http://host.k3d.internal:3111' }],
      }),
    healedBy: [],
  },
  {
    name: 'the worker asks the host by its old alias, in an argument',
    findings: {
      'no-legacy-host-alias · host.k3d.internal': [
        {
          code: 'legacy-host:Deployment joelclaw/system-bus-worker',
          seen:
            'argument --host=host.k3d.internal of container system-bus-worker, ' +
            'Deployment joelclaw/system-bus-worker',
          expected: 'an explicit host name',
          remedy: 'replace host.k3d.internal by the name of the host or Service',
        },
      ],
    },
    // By then the controller has noticed it and is repairing it.
    wait: '1 s',
    harm: world =>
      patchWorker(world, { name: 'system-bus-worker', args: ['--host=host.k3d.internal'] }),
    healedBy: [],
  },
]
