// The fields of requests: wrong types, unknown names, texts that are not JSON, and warnings.
import { describe, expect, test } from 'vitest'
import { at, textAt } from './patch/json.ts'
import { rbac } from './api/rbac.ts'
import {
  deployment,
  deploymentsPath,
  pod,
  podsPath,
  service,
  servicesPath,
  testbed,
  type Testbed,
} from './testbed.ts'

const strategic = 'application/strategic-merge-patch+json'
const merge = 'application/merge-patch+json'
const maps = '/api/v1/namespaces/default/configmaps'
const map = (more: Record<string, unknown>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'x', namespace: 'default' },
  ...more,
})

function withWeb(): Testbed {
  const bed = testbed()
  bed.ask('POST', deploymentsPath, deployment('web'))
  return bed
}
const web = `${deploymentsPath}/web`

describe('a value of the wrong type', () => {
  test('is refused with the text of Go’s decoder', () => {
    expect(testbed().message('POST', maps, map({ data: { a: 1 } }))).toBe(
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal ' +
        'number into Go struct field ConfigMap.data of type string',
    )
    expect(
      testbed().message('POST', deploymentsPath, {
        ...deployment('x'),
        spec: { ...deployment('x').spec, replicas: 'two' },
      }),
    ).toBe(
      'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal ' +
        'string into Go struct field Deployment.spec.replicas of type int32',
    )
    expect(
      testbed().message(
        'POST',
        podsPath,
        pod('x', {}, { hostNetwork: 'yes', terminationGracePeriodSeconds: 5 }),
      ),
    ).toContain('Pod.spec.hostNetwork of type bool')
  })

  test('has an error of its own in a strategic patch', () => {
    const { status, body } = withWeb().ask('PATCH', web, { spec: { replicas: 'two' } }, strategic)
    expect([status, at(body, 'details', 'causes')]).toEqual([
      422,
      [
        {
          reason: 'FieldValueInvalid',
          message: 'Invalid value: "map[spec:map[replicas:two]]": unrecognized type: int32',
          field: 'patch',
        },
      ],
    ])
  })
})

describe('an unknown field', () => {
  test('is not stored; it causes a warning, a refusal or neither', () => {
    const bed = testbed()
    const { headers, body } = bed.ask('POST', maps, map({ nope: { a: 1 } }))
    expect([headers['warning'], at(body, 'nope')]).toEqual([
      '299 - "unknown field \\"nope\\""',
      undefined,
    ])
    expect(
      bed.ask('PATCH', `${maps}/x?fieldValidation=Ignore`, { data: { a: 'b' }, nope: 1 }, merge)
        .headers['warning'],
    ).toBeUndefined()
    expect(bed.message('POST', `${maps}?fieldValidation=Strict`, map({ nope: 1 }))).toContain(
      'strict decoding error: unknown field "nope"',
    )
  })

  test('alone changes nothing', () => {
    const bed = withWeb()
    const before = textAt(bed.ask('GET', web).body, 'metadata', 'resourceVersion')
    expect(
      textAt(
        bed.ask(
          'PATCH',
          web,
          { spec: { nope: 1, template: { spec: { containers: [{ name: 'main', nope: 1 }] } } } },
          strategic,
        ).body,
        'metadata',
        'resourceVersion',
      ),
    ).toBe(before)
  })
})

test.each([
  [strategic, { spec: { template: { spec: { nodeSelector: { $patch: 'replace' } } } } }],
  [strategic, { spec: { template: { spec: { volumes: [{ $patch: 'delete', name: 'nope' }] } } } }],
])('a directive for a missing member creates none: %s', (type, patch) => {
  const bed = withWeb()
  const before = bed.ask('GET', web).body
  expect(bed.ask('PATCH', web, patch, type).body).toEqual(before)
})

test.each([
  ['{nope', "invalid character 'n' looking for beginning of object key string"],
  ['nope', 'unexpected end of JSON input'],
  ['<a>', "invalid character '<' looking for beginning of value"],
  ['{"a":1', 'unexpected end of JSON input'],
])('%s is refused with the text of Go’s decoder', (text, message) => {
  expect(withWeb().message('PATCH', web, text, merge)).toBe(message)
})

describe('validation', () => {
  const container = (more: Record<string, unknown>) =>
    pod('x', {}, { containers: [{ name: 'main', image: 'busybox:1.37', ...more }] })
  test.each([
    [
      'a request above its limit',
      podsPath,
      container({ resources: { requests: { memory: '2Gi' }, limits: { memory: '1Gi' } } }),
      'spec.containers[0].resources.requests: Invalid value: "2Gi": must be less than or equal ' +
        'to memory limit of 1Gi',
    ],
    [
      'a probe without a port',
      podsPath,
      container({ livenessProbe: { httpGet: { path: '/' } } }),
      'spec.containers[0].livenessProbe.httpGet.port: Invalid value: 0: must be between 1 and ' +
        '65535, inclusive',
    ],
    [
      'a label’s key',
      podsPath,
      pod('x', { 'bad key': '1' }),
      'metadata.labels: Invalid value: "bad key": name part must consist of',
    ],
    [
      'a port of 0',
      servicesPath,
      service('x', { ports: [{ port: 0 }] }),
      'spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive',
    ],
  ])('refuses %s', (_name, path, body, message) => {
    expect(testbed().message('POST', path, body)).toContain(message)
  })

  test('accepts a request equal to its limit, also in other units', () => {
    expect(
      testbed().ask(
        'POST',
        podsPath,
        container({
          resources: {
            requests: { cpu: '500m', memory: '1024Mi' },
            limits: { cpu: '0.5', memory: '1Gi' },
          },
        }),
      ).status,
    ).toBe(201)
  })
})

describe('a served object', () => {
  test('has a generation if a real server counts one', () => {
    const bed = withWeb()
    bed.ask('POST', maps, map({}))
    const generation = (path: string) => at(bed.ask('GET', path).body, 'metadata', 'generation')
    expect([
      generation(web),
      generation(`${maps}/x`),
      generation('/api/v1/namespaces/default'),
    ]).toEqual([1, undefined, undefined])
  })

  test('of a deprecated kind comes with a warning', () => {
    expect(testbed().ask('GET', '/api/v1/namespaces/default/endpoints').headers['warning']).toBe(
      '299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"',
    )
  })

  test('of a kind that the lab only names does not exist and cannot be created', () => {
    const path = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers'
    const bed = testbed()
    expect([at(bed.ask('GET', path).body, 'items'), bed.ask('POST', path, {}).status]).toEqual([
      [],
      405,
    ])
  })

  test('of OpenAPI v2 is a small document in protobuf', () => {
    const { api } = testbed()
    const answer = api.handle({
      method: 'GET',
      path: '/openapi/v2',
      query: new URLSearchParams(),
      headers: { accept: 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf' },
    })
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf' },
      body: '\n\u00032.0\u0012\u0015\n\nKubernetes\u0012\u0007v1.35.0B\u0000J\u0000',
    })
  })
})

test('server-side apply updates the annotation of kubectl apply', () => {
  const bed = testbed()
  const note = 'kubectl.kubernetes.io/last-applied-configuration'
  bed.ask('POST', maps, {
    ...map({ data: { a: '1' } }),
    metadata: { name: 'x', namespace: 'default', annotations: { [note]: 'old' } },
  })
  const { body } = bed.ask(
    'PATCH',
    `${maps}/x?fieldManager=kubectl&force=true`,
    map({ data: { a: '2' } }),
    'application/apply-patch+yaml',
  )
  expect(at(body, 'metadata', 'annotations', note)).toBe(
    '{"apiVersion":"v1","data":{"a":"2"},"kind":"ConfigMap","metadata":{"name":"x",' +
      '"namespace":"default"}}\n',
  )
})

describe('a user without rights', () => {
  const bed = testbed()
  const allows = rbac(bed.context.store)
  const asked = {
    user: 'nobody',
    verb: 'get',
    group: '',
    resource: '',
    subresource: '',
    namespace: '',
    name: '',
    path: '/apis/apps/v1',
  }

  test('may read discovery and ask for their rights, and nothing else', () => {
    expect([
      allows(asked),
      allows({
        ...asked,
        verb: 'create',
        group: 'authorization.k8s.io',
        resource: 'selfsubjectaccessreviews',
      }),
      allows({ ...asked, path: '/metrics' }),
      allows({ ...asked, verb: 'list', resource: 'pods' }),
    ]).toEqual([true, true, false, false])
  })
})
