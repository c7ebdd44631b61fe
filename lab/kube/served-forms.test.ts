// The forms that real clients need besides objects: aggregated discovery, OpenAPI, strict fields
// and columns of custom kinds.
import { describe, expect, test } from 'vitest'
import { unknownFields } from './admission/field-validation.ts'
import type { JsonObject } from './patch/json.ts'
import { at, listAt, objectAt, textAt } from './patch/json.ts'
import { builtinKind } from './api/kinds.ts'
import { testbed } from './testbed.ts'

/** The answer to a request with an Accept header. */
function accepted(
  bed: ReturnType<typeof testbed>,
  path: string,
  accept: string,
): { type: string; body: JsonObject } {
  const answer = bed.api.handle({
    method: 'GET',
    path,
    query: new URLSearchParams(),
    headers: { accept },
  })
  if (answer.kind !== 'whole') throw new Error('no whole answer')
  return { type: answer.headers['content-type'] ?? '', body: JSON.parse(answer.body) as JsonObject }
}

describe('discovery', () => {
  const v2 = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

  test('comes in one answer if the client accepts the aggregated form', () => {
    const { type, body } = accepted(testbed(), '/apis', `${v2},application/json`)
    expect(type).toBe(v2)
    const apps = listAt(body, 'items').find(item => textAt(item, 'metadata', 'name') === 'apps')
    const deployments = listAt(listAt(apps, 'versions')[0], 'resources').find(
      ({ resource }) => resource === 'deployments',
    )
    expect(deployments).toMatchObject({
      scope: 'Namespaced',
      singularResource: 'deployment',
      shortNames: ['deploy'],
      responseKind: { group: 'apps', version: 'v1', kind: 'Deployment' },
    })
    expect(
      listAt(deployments, 'subresources').map(({ subresource, responseKind }) => [
        subresource,
        responseKind,
      ]),
    ).toEqual([
      ['scale', { group: 'autoscaling', version: 'v1', kind: 'Scale' }],
      ['status', { group: 'apps', version: 'v1', kind: 'Deployment' }],
    ])
  })

  test('comes in parts for all other clients', () => {
    expect(accepted(testbed(), '/apis', 'application/json').body).toMatchObject({
      kind: 'APIGroupList',
    })
  })
})

describe('OpenAPI', () => {
  test('names the parameters that validate and try a write', () => {
    const { body } = accepted(testbed(), '/openapi/v3/apis/apps/v1', 'application/json')
    const patch = at(
      body,
      'paths',
      '/apis/apps/v1/namespaces/{namespace}/deployments/{name}',
      'patch',
    )
    expect(at(patch, 'x-kubernetes-group-version-kind')).toEqual({
      group: 'apps',
      version: 'v1',
      kind: 'Deployment',
    })
    expect(listAt(patch, 'parameters').map(({ name }) => name)).toEqual([
      'dryRun',
      'fieldManager',
      'fieldValidation',
      'force',
    ])
  })

  test('has each schema that it refers to', () => {
    const bed = testbed()
    const paths = Object.keys(
      objectAt(accepted(bed, '/openapi/v3', 'application/json').body, 'paths'),
    )
    expect(paths).toContain('api/v1')
    for (const path of paths) {
      const { body } = accepted(bed, `/openapi/v3/${path}`, 'application/json')
      const known = Object.keys(objectAt(body, 'components', 'schemas'))
      const wanted = [...JSON.stringify(body).matchAll(/#\/components\/schemas\/([^"]+)/g)].map(
        match => match[1],
      )
      expect(wanted.filter(name => !known.includes(name ?? ''))).toEqual([])
    }
  })
})

describe('strict fields', () => {
  const deployment = (change: JsonObject): JsonObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'x', labels: { any: 'thing' } },
    spec: { replicas: 1, ...change },
  })

  test('name each unknown field with its path', () => {
    expect(unknownFields(builtinKind('Deployment')!, deployment({}))).toEqual([])
    expect(
      unknownFields(
        builtinKind('Deployment')!,
        deployment({
          replica: 2,
          template: {
            spec: {
              containers: [
                {
                  name: 'a',
                  imagePullpolicy: 'Always',
                  livenessProbe: { httpGet: { port: 1 }, periodSecond: 1 },
                },
              ],
            },
          },
        }),
      ),
    ).toEqual([
      'unknown field "spec.replica"',
      'unknown field "spec.template.spec.containers[0].imagePullpolicy"',
      'unknown field "spec.template.spec.containers[0].livenessProbe.periodSecond"',
    ])
  })

  test('know the fields that the worlds use', () => {
    const volumes = [
      { name: 'a', emptyDir: {} },
      { name: 'b', persistentVolumeClaim: { claimName: 'c' } },
      { name: 'd', secret: { secretName: 's' } },
    ]
    const env = [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }]
    expect(
      unknownFields(
        builtinKind('Deployment')!,
        deployment({
          template: {
            spec: {
              volumes,
              containers: [{ name: 'a', env, resources: { limits: { cpu: '1' } } }],
            },
          },
        }),
      ),
    ).toEqual([])
  })
})

test('custom kinds have the columns of their definition', () => {
  const bed = testbed()
  const columns = [
    { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
    { name: 'Since', type: 'date', jsonPath: '.spec.since' },
    { name: 'Gone', type: 'string', jsonPath: '.spec.gone' },
  ]
  bed.put({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.org' },
    spec: {
      group: 'example.org',
      scope: 'Cluster',
      names: { plural: 'things', kind: 'Thing' },
      versions: [{ name: 'v1', served: true, storage: true, additionalPrinterColumns: columns }],
    },
  })
  bed.put({
    apiVersion: 'example.org/v1',
    kind: 'Thing',
    metadata: { name: 'x' },
    spec: { size: 3, since: '2025-12-31T23:59:00Z' },
  })
  const { body } = accepted(
    bed,
    '/apis/example.org/v1/things',
    'application/json;as=Table;v=v1;g=meta.k8s.io',
  )
  expect([
    listAt(body, 'columnDefinitions').map(({ name }) => name),
    listAt(body, 'rows')[0]?.['cells'],
  ]).toEqual([
    ['Name', 'Size', 'Since', 'Gone'],
    ['x', 3, '60s', ''],
  ])
})
