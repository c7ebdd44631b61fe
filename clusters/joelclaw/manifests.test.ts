// The manifests agree with the policy: the same workloads, ports and gaps, and none of the traps.
import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { parsePolicy } from '#helpers/policy.ts'
import input from './policy.ts'

const policy = parsePolicy(input, 'clusters/joelclaw/policy.ts')
const folder = new URL('manifests/', import.meta.url)
const files = readdirSync(folder).toSorted()

const probe = z
  .looseObject({ httpGet: z.looseObject({ host: z.string().optional() }).optional() })
  .optional()
const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  imagePullPolicy: z.string().optional(),
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
})
const template = z.looseObject({
  metadata: z.looseObject({ labels: z.record(z.string(), z.string()) }),
  spec: z.looseObject({
    hostNetwork: z.boolean().optional(),
    tolerations: z
      .array(
        z.looseObject({
          key: z.string().optional(),
          operator: z.string().optional(),
          effect: z.string().optional(),
        }),
      )
      .default([]),
    containers: z.array(container),
    initContainers: z.array(container).default([]),
  }),
})
const object = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
  spec: z
    .looseObject({
      type: z.string().optional(),
      replicas: z.int().optional(),
      serviceName: z.string().optional(),
      strategy: z.looseObject({ type: z.string() }).optional(),
      selector: z.looseObject({}).optional(),
      template: template.optional(),
      ports: z.array(z.looseObject({ nodePort: z.int().optional() })).default([]),
      volumeClaimTemplates: z
        .array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) }))
        .default([]),
    })
    .optional(),
})
type Manifest = z.output<typeof object>

const documents = files.flatMap(file =>
  parseAllDocuments(readFileSync(new URL(file, folder), 'utf8')).map(document => {
    if (document.errors.length > 0) throw new Error(`${file}: ${document.errors.join('; ')}`)
    return { file, object: object.parse(document.toJS()) }
  }),
)
const objects: readonly Manifest[] = documents.map(document => document.object)
const idOf = ({ kind, metadata }: Manifest): string =>
  `${kind} ${metadata.namespace ?? '-'}/${metadata.name}`
const workloads = objects.flatMap(manifest => {
  const { spec } = manifest
  return spec?.template === undefined
    ? []
    : [{ id: idOf(manifest), manifest, spec, template: spec.template }]
})
const services = objects.filter(manifest => manifest.kind === 'Service')
const sorted = (list: Iterable<string>): string[] => [...list].toSorted()

test('no object exists twice, and each is in a namespace of the policy', () => {
  const ids = objects.map(idOf)
  expect(ids).toEqual([...new Set(ids)])
  expect(
    objects
      .filter(
        ({ metadata }) =>
          metadata.namespace !== undefined && !policy.namespaces.includes(metadata.namespace),
      )
      .map(idOf),
  ).toEqual([])
})

test('the workloads are those of the policy, with its replicas', () => {
  const here = workloads.map(({ id, spec }) => `${id} ${spec.replicas ?? 1}`)
  expect(sorted(here)).toEqual(
    sorted(
      policy.workloads.map(
        ({ kind, namespace, name, replicas }) => `${kind} ${namespace}/${name} ${replicas}`,
      ),
    ),
  )
})

test('a selector finds its own pods, and a StatefulSet its Service', () => {
  for (const { id, spec, template } of workloads)
    expect({ id, labels: { matchLabels: template.metadata.labels } }).toEqual({
      id,
      labels: spec.selector,
    })
  const governed = workloads.flatMap(({ manifest, spec }) =>
    spec.serviceName === undefined
      ? []
      : [`Service ${manifest.metadata.namespace}/${spec.serviceName}`],
  )
  expect(governed.filter(id => !services.map(idOf).includes(id))).toEqual([])
})

test('the NodePorts are exactly those of the port table', () => {
  const here = services.flatMap(({ metadata, spec }) =>
    (spec?.ports ?? []).flatMap(port =>
      port.nodePort === undefined
        ? []
        : [`${metadata.namespace}/${metadata.name} ${port.nodePort}`],
    ),
  )
  expect(sorted(here)).toEqual(
    sorted(policy.ports.map(port => `${port.namespace}/${port.service} ${port.nodePort}`)),
  )
  expect(
    services
      .filter(
        ({ spec }) =>
          (spec?.type === 'NodePort') !==
          (spec?.ports ?? []).some(port => port.nodePort !== undefined),
      )
      .map(idOf),
  ).toEqual([])
})

test('exactly the waived probes are missing', () => {
  const judged = new Set(
    policy.workloads
      .filter(workload => workload.probes)
      .map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`),
  )
  const missing = workloads
    .filter(({ id }) => judged.has(id))
    .flatMap(({ manifest, template }) =>
      template.spec.containers.flatMap(each =>
        (['liveness', 'readiness', 'startup'] as const)
          .filter(kind => each[`${kind}Probe`] === undefined)
          .map(
            kind =>
              `${manifest.metadata.namespace}/${manifest.metadata.name} probe-missing:${kind}`,
          ),
      ),
    )
  const probes = policy.waivers.filter(({ invariant }) => invariant === 'containers-have-probes')
  expect(sorted(missing)).toEqual(
    sorted(
      probes.flatMap(waiver => waiver.findings.map(finding => `${waiver.subject} ${finding}`)),
    ),
  )
})

test('the control-plane taint keeps away only the charts and the provisioner', () => {
  const tolerates = ({ template }: (typeof workloads)[number]): boolean =>
    template.spec.tolerations.some(
      toleration =>
        toleration.operator === 'Exists' &&
        toleration.effect === 'NoSchedule' &&
        [undefined, 'node-role.kubernetes.io/control-plane'].includes(toleration.key),
    )
  expect(sorted(workloads.filter(workload => !tolerates(workload)).map(({ id }) => id))).toEqual([
    'Deployment aistor/adminjob-operator',
    'Deployment aistor/object-store-operator',
    'Deployment joelclaw/bluesky-pds',
    'Deployment joelclaw/livekit-server',
    'Deployment local-path-storage/local-path-provisioner',
    'StatefulSet aistor/aistor-s3-pool-0',
  ])
})

test('the manifests create the critical claims', () => {
  const templates = workloads.flatMap(({ manifest, spec }) =>
    spec.volumeClaimTemplates.map(
      claim => `${manifest.metadata.namespace}/${claim.metadata.name}-${manifest.metadata.name}-0`,
    ),
  )
  const plain = objects
    .filter(({ kind }) => kind === 'PersistentVolumeClaim')
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
  expect(
    policy.storage.claims
      .map(({ namespace, name }) => `${namespace}/${name}`)
      .filter(claim => ![...templates, ...plain].includes(claim)),
  ).toEqual([])
})

describe('traps', () => {
  const containers = workloads.flatMap(({ id, template }) =>
    [...template.spec.containers, ...template.spec.initContainers].map(each => ({ id, each })),
  )

  test('LiveKit probes the loopback, and both charts remove the old pod first', () => {
    const livekit = workloads.find(({ id }) => id === 'Deployment joelclaw/livekit-server')
    expect(
      livekit?.template.spec.containers.map(({ livenessProbe, readinessProbe, startupProbe }) =>
        [livenessProbe, readinessProbe, startupProbe].map(each => each?.httpGet?.host),
      ),
    ).toEqual([['127.0.0.1', '127.0.0.1', '127.0.0.1']])
    expect(
      sorted(
        workloads.filter(({ spec }) => spec.strategy?.type === 'Recreate').map(({ id }) => id),
      ),
    ).toEqual(['Deployment joelclaw/bluesky-pds', 'Deployment joelclaw/livekit-server'])
    expect(
      workloads.filter(({ template }) => template.spec.hostNetwork).map(({ id }) => id),
    ).toEqual([
      'DaemonSet kube-system/kube-flannel',
      'DaemonSet kube-system/kube-proxy',
      'Deployment joelclaw/livekit-server',
    ])
  })

  test('no harmful Service name, no unavailable image, no retired host alias', () => {
    const harmful = services.filter(({ metadata }) =>
      policy.services.harmfulNames.some(
        ({ name, namespace }) =>
          name === metadata.name && (namespace ?? metadata.namespace) === metadata.namespace,
      ),
    )
    expect(harmful.map(idOf)).toEqual([])
    expect(containers.filter(({ each }) => policy.images.unavailable.includes(each.image))).toEqual(
      [],
    )
    expect(
      containers.filter(({ each }) =>
        policy.services.legacyHosts.some(host => JSON.stringify(each).includes(host)),
      ),
    ).toEqual([])
  })

  test('the folder contains no Secret and no webhook, so applying it overwrites no keys', () => {
    expect(
      objects.filter(({ kind }) => /^Secret$|WebhookConfiguration$/.test(kind)).map(idOf),
    ).toEqual([])
  })

  test('only the worker pulls an image that its node already has', () => {
    expect(
      containers.filter(({ each }) => each.imagePullPolicy !== 'IfNotPresent').map(({ id }) => id),
    ).toEqual(['Deployment joelclaw/system-bus-worker'])
  })
})

test('each file describes one service and is short', () => {
  const long = files.filter(
    file => readFileSync(new URL(file, folder), 'utf8').split('\n').length > 200,
  )
  expect(long).toEqual([])
  expect(
    files.filter(file => !readFileSync(new URL(file, folder), 'utf8').startsWith('# ')),
  ).toEqual([])
})
