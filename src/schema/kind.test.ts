// API versions and kinds: served, removed, deprecated, misspelt or unknown.
import { describe, expect, test } from 'vitest'
import { foundIn, manifestOf } from './sample.ts'
import { schemaFor } from './schema.ts'
import { validate } from './validate.ts'
import { migrations } from './rules/migrations.ts'
import { splitApiVersion } from './kind.ts'
import { atLeast } from './versions.ts'

const budget = (selector: string): string =>
  '{apiVersion: policy/v1beta1, kind: PodDisruptionBudget, metadata: {name: web}, ' +
  `spec: {minAvailable: 1, selector: ${selector}}}`

describe('a removed API version', () => {
  const seen = 'policy/v1beta1 PodDisruptionBudget, which Kubernetes removed in 1.25'
  const rest = [
    'an API version that Kubernetes 1.35 serves: policy/v1',
    'use policy/v1; an empty selector selects every pod of the namespace there; it ' +
      'selected none before',
  ]

  test('is replaced if nothing else changes', () => {
    expect(foundIn(budget('{matchLabels: {app: web}}'))).toEqual([
      ['api:removed', 'apiVersion', seen, ...rest, { to: 'policy/v1' }],
    ])
  })

  test('is not replaced if its meaning would change', () => {
    expect(foundIn(budget('{}'))).toEqual([['api:removed', 'apiVersion', seen, ...rest]])
    expect(foundIn(budget('{matchLabels: {}}'))).toEqual([
      ['api:removed', 'apiVersion', seen, ...rest],
    ])
  })

  test('is not replaced if the object has other mistakes, which are reported, too', () => {
    expect(
      foundIn(budget('{matchLabel: {app: web}}')).map(found =>
        (found as readonly unknown[]).slice(0, 2),
      ),
    ).toEqual([
      ['api:removed', 'apiVersion'],
      ['schema:unknown-field', 'spec.selector.matchLabel'],
    ])
  })

  test('is replaced for a CronJob, and not for an Ingress, whose members have moved', () => {
    const cron =
      '{apiVersion: batch/v1beta1, kind: CronJob, metadata: {name: a}, spec: {schedule: ' +
      '"@daily", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, ' +
      'containers: [{name: a, image: b}]}}}}}}'
    expect(foundIn(cron)).toEqual([
      [
        'api:removed',
        'apiVersion',
        'batch/v1beta1 CronJob, which Kubernetes removed in 1.25',
        'an API version that Kubernetes 1.35 serves: batch/v1',
        'use batch/v1',
        { to: 'batch/v1' },
      ],
    ])
    expect(
      foundIn(
        '{apiVersion: extensions/v1beta1, kind: Ingress, metadata: {name: a}, spec: ' +
          '{backend: {serviceName: a, servicePort: 80}}}',
      ),
    ).toEqual([
      [
        'api:removed',
        'apiVersion',
        'extensions/v1beta1 Ingress, which Kubernetes removed in 1.22',
        'an API version that Kubernetes 1.35 serves: networking.k8s.io/v1',
        'use networking.k8s.io/v1; backend became service.name and service.port, and ' +
          'each path needs a pathType',
      ],
    ])
  })

  test('without a replacement names the alternative', () => {
    expect(
      foundIn(
        '{apiVersion: policy/v1beta1, kind: PodSecurityPolicy, metadata: {name: a}, spec: {}}',
      ),
    ).toEqual([
      [
        'api:removed',
        'apiVersion',
        'policy/v1beta1 PodSecurityPolicy, which Kubernetes removed in 1.25',
        'an API version that Kubernetes 1.35 serves',
        'nothing replaces it; Pod Security Admission does its work: labels ' +
          'pod-security.kubernetes.io/… on the Namespace',
      ],
    ])
  })

  test('depends on the requested version', () => {
    const flow =
      '{apiVersion: flowcontrol.apiserver.k8s.io/v1beta3, kind: FlowSchema, metadata: ' +
      '{name: a}, spec: {priorityLevelConfiguration: {name: exempt}}}'
    expect(
      ['1.31', '1.32'].map(version =>
        foundIn(flow, schemaFor(version)).map(found => (found as readonly unknown[])[0]),
      ),
    ).toEqual([['api:deprecated'], ['api:removed']])
  })
})

test('a deprecated API version', () => {
  expect(foundIn('{apiVersion: v1, kind: Endpoints, metadata: {name: a}}')).toEqual([
    [
      'api:deprecated',
      'apiVersion',
      'v1 Endpoints, deprecated since Kubernetes 1.33',
      'discovery.k8s.io/v1 EndpointSlice',
      'use discovery.k8s.io/v1 EndpointSlice; Services with a selector need neither',
    ],
  ])
})

describe('a kind that is not served', () => {
  const served = 'a kind that Kubernetes 1.35 serves'
  test.each([
    [
      'v1',
      'Deployment',
      'apiVersion',
      `${served}: apps/v1 Deployment`,
      'use apps/v1',
      { to: 'apps/v1' },
    ],
    [
      'app/v1',
      'Deployment',
      'apiVersion',
      `${served}: apps/v1 Deployment`,
      'use apps/v1',
      { to: 'apps/v1' },
    ],
    ['apps/v1', 'Deploymnet', 'kind', served, 'write Deployment', { to: 'Deployment' }],
    [
      'apps/v1',
      'Sail',
      'apiVersion',
      served,
      'correct apiVersion and kind; `kubectl api-resources` lists what a cluster serves',
    ],
  ])('%s %s', (apiVersion, kind, at, expected, remedy, ...change) => {
    expect(foundIn(`{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: a}}`)).toEqual([
      [
        'schema:unknown-kind',
        at,
        `${apiVersion} ${kind}, which Kubernetes 1.35 does not serve`,
        expected,
        remedy,
        ...change,
      ],
    ])
  })

  test('names the versions that serve it', () => {
    const claim =
      '{apiVersion: resource.k8s.io/v1, kind: DeviceClass, metadata: {name: a}, spec: {}}'
    expect(foundIn(claim, schemaFor('1.33'))).toEqual([
      [
        'schema:unknown-kind',
        'apiVersion',
        'resource.k8s.io/v1 DeviceClass, which Kubernetes 1.33 does not serve; ' +
          'Kubernetes serves it from 1.34 on',
        'a kind that Kubernetes 1.33 serves',
        'correct apiVersion and kind; `kubectl api-resources` lists what a cluster serves',
      ],
    ])
    expect(foundIn(claim, schemaFor('1.34'))).toEqual([])
  })
})

test('a kind without a schema is a note, never a finding, and never a silent pass', () => {
  const { findings, notes, namespaced } = validate(
    manifestOf({
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name: 'a' },
      spec: { anything: 1 },
    }),
    schemaFor('1.35'),
  )
  expect({
    findings,
    namespaced,
    notes: notes.map(({ code, description }) => [code, description]),
  }).toEqual({
    findings: [],
    namespaced: undefined,
    notes: [
      [
        'schema:unknown',
        'not judged: no schema for cert-manager.io/v1 Certificate; add its ' +
          'CustomResourceDefinition to the set',
      ],
    ],
  })
})

test('an API that is off by default is judged, with a note', () => {
  const { findings, notes } = validate(
    manifestOf({
      apiVersion: 'networking.k8s.io/v1beta1',
      kind: 'ServiceCIDR',
      metadata: { name: 'a' },
      spec: { cidrs: ['10.0.0.0/24'] },
    }),
    schemaFor('1.33'),
  )
  expect(findings).toEqual([])
  expect(notes.map(({ code }) => code)).toEqual(['api:off-by-default'])
})

describe('the table of migrations', () => {
  const { all } = schemaFor('1.35')
  const rows = migrations.flatMap(migration =>
    migration.kinds.map(kind => ({ ...migration, ...splitApiVersion(migration.apiVersion), kind })),
  )

  test('agrees with what each packed version serves', () => {
    const wrong = all().flatMap(definitions =>
      rows
        .filter(
          ({ group, version, kind, removed }) =>
            removed !== undefined &&
            atLeast(definitions.version, removed) &&
            definitions.kind(group, version, kind) !== undefined,
        )
        .map(({ apiVersion, kind }) => `${apiVersion} ${kind} is served by ${definitions.version}`),
    )
    expect(wrong).toEqual([])
  })

  test('has every kind that a packed version served and the next one does not', () => {
    const lost = all().flatMap((definitions, index) =>
      definitions.kinds
        .filter(
          ({ group, version, kind }) =>
            all()[index + 1]?.kind(group, version, kind) === undefined && index + 1 < all().length,
        )
        .map(({ group, version, kind }) => ({
          apiVersion: `${group}/${version}`,
          kind,
          removed: all()[index + 1]?.version,
        })),
    )
    expect(
      lost.filter(
        ({ apiVersion, kind, removed }) =>
          !rows.some(
            row => row.apiVersion === apiVersion && row.kind === kind && row.removed === removed,
          ),
      ),
    ).toEqual([])
  })

  test('names replacements that are served by the newest version', () => {
    const newest = all().at(-1)
    expect(
      rows
        .filter(
          ({ replacement, kind }) =>
            replacement !== undefined &&
            newest?.kind(
              splitApiVersion(replacement.apiVersion).group,
              splitApiVersion(replacement.apiVersion).version,
              replacement.kind ?? kind,
            ) === undefined,
        )
        .map(({ apiVersion, kind }) => `${apiVersion} ${kind}`),
    ).toEqual([])
  })
})
