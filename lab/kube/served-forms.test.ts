// What real clients need besides objects: discovery in one piece, OpenAPI, bodies in protobuf,
// strict fields, custom columns.
import { describe, expect, test } from 'vitest'
import { unknownFields } from './admission/field-validation.ts'
import type { JsonObject } from './patch/json.ts'
import { at, listAt, objectAt, textAt } from './patch/json.ts'
import { builtinKind, builtinKinds } from './api/kinds.ts'
import { messageFields } from './protobuf/message-fields.ts'
import { messageOf } from './api/openapi.ts'
import { readProtobuf } from './protobuf/read-protobuf.ts'
import { ProtobufError } from './protobuf/wire.ts'
import { testbed } from './testbed.ts'

/** Asks with an Accept header. */
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

  test('comes in one piece to who asks so', () => {
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

  test('comes piece by piece to all others', () => {
    expect(accepted(testbed(), '/apis', 'application/json').body).toMatchObject({
      kind: 'APIGroupList',
    })
  })
})

describe('OpenAPI', () => {
  test('says of each kind that its writes can be validated and tried', () => {
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

  test('leads to no schema that is not there', () => {
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

describe('messages', () => {
  test('are known for every kind that operators create', () => {
    const unknown = builtinKinds
      .filter(kind => kind.verbs.includes('create') && messageFields(messageOf(kind)) === undefined)
      .map(({ kind }) => kind)
    expect(unknown).toEqual([
      'Endpoints',
      'ControllerRevision',
      'VolumeAttachment',
      'MutatingWebhookConfiguration',
      'ValidatingWebhookConfiguration',
      'CustomResourceDefinition',
      'TokenReview',
      'LocalSubjectAccessReview',
    ])
  })

  const field = (number: number, body: string | Uint8Array): Buffer =>
    Buffer.concat([Buffer.from([number * 8 + 2, Buffer.byteLength(body)]), Buffer.from(body)])
  const whole = (apiVersion: string, kind: string, body: Uint8Array): Buffer =>
    Buffer.concat([
      Buffer.from('k8s\0'),
      field(1, Buffer.concat([field(1, apiVersion), field(2, kind)])),
      field(2, body),
    ])
  const metadata = field(1, Buffer.concat([field(1, 'x'), field(2, ''), field(8, '')]))

  test('become the objects that JSON would have been', () => {
    const data = field(2, Buffer.concat([field(1, 'a'), field(2, 'b')]))
    expect(readProtobuf(whole('v1', 'ConfigMap', Buffer.concat([metadata, data])))).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x' },
      data: { a: 'b' },
    })
    // Bytes are base64 in JSON.
    expect(readProtobuf(whole('v1', 'Secret', Buffer.concat([metadata, data])))).toMatchObject({
      data: { a: 'Yg==' },
    })
  })

  test('keep a zero that means something, and embedded sources among the fields', () => {
    const emptyDir = field(1, Buffer.concat([field(1, 'v'), field(2, field(2, ''))]))
    const spec = Buffer.concat([Buffer.from([8, 0]), field(3, field(2, emptyDir))])
    expect(
      readProtobuf(whole('apps/v1', 'Deployment', Buffer.concat([metadata, field(2, spec)]))),
    ).toMatchObject({
      spec: { replicas: 0, template: { spec: { volumes: [{ name: 'v', emptyDir: {} }] } } },
    })
  })

  test('of kinds that are not known are nobody’s, and rubbish is an error', () => {
    expect(readProtobuf(whole('x/v1', 'Nope', metadata))).toBeUndefined()
    for (const bytes of [
      Buffer.from('{}'),
      Buffer.from('k8s\0\u000a\u007f'),
      Buffer.from('k8s\0\u000b'),
      Buffer.from('k8s\0'),
    ])
      expect(() => readProtobuf(bytes)).toThrow(ProtobufError)
  })
})

describe('strict fields', () => {
  const deployment = (change: JsonObject): JsonObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'x', labels: { any: 'thing' } },
    spec: { replicas: 1, ...change },
  })

  test('name what a kind does not have, and where', () => {
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

  test('know every field of what the world is made of', () => {
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
