// One test for each kind of mistake in an object of a built-in kind.
import { readdirSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { deployment, foundIn, manifestOf, manifestsIn } from './sample.ts'
import { schemaFor } from './schema.ts'
import { validate } from './validate.ts'

const schema = schemaFor('1.35')

test('a finding has what was seen and expected, the remedy and the place', () => {
  expect(
    validate(manifestOf(parse(deployment('livenesProbe: {tcpSocket: {port: 80}}'))), schema),
  ).toEqual({
    findings: [
      {
        code: 'schema:unknown-field',
        seen: 'spec.template.spec.containers[0] has a member livenesProbe',
        expected: 'a member that Container has in Kubernetes 1.35',
        remedy: 'rename it to livenessProbe',
        at: {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'shop',
          name: 'web',
          path: ['spec', 'template', 'spec', 'containers', 0, 'livenesProbe'],
          of: 'key',
        },
        change: { renamed: 'livenessProbe' },
      },
    ],
    notes: [],
    namespaced: true,
  })
})

describe('a misspelt member', () => {
  const container = 'spec.template.spec.containers.0'
  const here = 'spec.template.spec.containers[0]'
  const wanted = 'a member that Container has in Kubernetes 1.35'

  test('is not renamed if the right member exists', () => {
    expect(
      foundIn(
        deployment('livenesProbe: {exec: {command: [a]}}, livenessProbe: {exec: {command: [a]}}'),
      ),
    ).toEqual([
      [
        'schema:unknown-field',
        `${container}.livenesProbe`,
        `${here} has a member livenesProbe`,
        wanted,
        'remove it: livenessProbe is already there',
      ],
    ])
  })

  test('is not renamed if its value would not fit the other member', () => {
    expect(foundIn(deployment('port: 80'))).toEqual([
      [
        'schema:unknown-field',
        `${container}.port`,
        `${here} has a member port`,
        wanted,
        'rename it to ports',
      ],
    ])
  })

  test('two slips away is a guess', () => {
    expect(foundIn(deployment('livenesProb: {exec: {command: [a]}}'))).toEqual([
      [
        'schema:unknown-field',
        `${container}.livenesProb`,
        `${here} has a member livenesProb`,
        wanted,
        'rename it to livenessProbe',
      ],
    ])
  })

  test('indented too deep is reported with the right parent', () => {
    expect(foundIn(deployment('tolerations: [], colour: red'))).toEqual([
      [
        'schema:unknown-field',
        `${container}.tolerations`,
        `${here} has a member tolerations`,
        wanted,
        'move it up to spec.template.spec, which has such a member',
      ],
      [
        'schema:unknown-field',
        `${container}.colour`,
        `${here} has a member colour`,
        wanted,
        'remove it, or move it to where it belongs',
      ],
    ])
  })

  test('of a later Kubernetes is reported with that version', () => {
    expect(foundIn(deployment('', 'schedulingGroup: {podGroupName: a}, '))).toEqual([
      [
        'schema:unknown-field',
        'spec.template.spec.schedulingGroup',
        'spec.template.spec has a member schedulingGroup, which exists from Kubernetes 1.36 on',
        'a member that PodSpec has in Kubernetes 1.35',
        'remove it, or judge by the version that has it',
      ],
    ])
    expect(
      foundIn(deployment('', 'schedulingGroup: {podGroupName: a}, '), schemaFor('1.36')),
    ).toEqual([])
  })
})

describe('a wrong type', () => {
  test('a number in quotes has a certain fix', () => {
    expect(foundIn(deployment("stdin: 'true', ports: [{containerPort: '80'}]"))).toEqual([
      [
        'schema:type',
        'spec.template.spec.containers.0.stdin',
        'spec.template.spec.containers[0].stdin is "true" (a string)',
        'true or false',
        'remove the quotes: true',
        { to: true },
      ],
      [
        'schema:type',
        'spec.template.spec.containers.0.ports.0.containerPort',
        'spec.template.spec.containers[0].ports[0].containerPort is "80" (a string)',
        'a whole number',
        'remove the quotes: 80',
        { to: 80 },
      ],
    ])
  })

  test('a number in place of a text has one only if the file has the same letters', () => {
    const found = [
      'schema:type',
      'spec.template.spec.containers.0.env.0.value',
      'spec.template.spec.containers[0].env[0].value is 8080 (a whole number)',
      'a string',
      'put it in quotes: "8080"',
    ]
    expect(foundIn(deployment('env: [{name: PORT, value: 8080}]'), schema, '8080'.length)).toEqual([
      [...found, { to: '8080' }],
    ])
    expect(
      foundIn(deployment('env: [{name: PORT, value: 0x1F90}]'), schema, '0x1F90'.length),
    ).toEqual([found])
  })

  test('a list or a map is reported once, with the right notation', () => {
    expect(
      foundIn(
        deployment('')
          .replace('{matchLabels: {app: web}}', '[{app: web}]')
          .replace('containers: [{', 'containers: {')
          .replace('}]}', '}}'),
      ),
    ).toEqual([
      [
        'schema:type',
        'spec.selector',
        'spec.selector is a list',
        'a map of members, such as matchExpressions, matchLabels',
        'write its members without dashes',
      ],
      [
        'schema:type',
        'spec.template.spec.containers',
        'spec.template.spec.containers is a map of members',
        'a list',
        'begin the item with “- ”, its members indented below',
      ],
    ])
  })

  test('null removes a member, and counts as an empty item of a list', () => {
    expect(
      foundIn(
        deployment(
          'livenessProbe: null, env: null, args: [null], envFrom: [null]',
          'nodeSelector: {a: null}, ',
        ),
      ),
    ).toEqual([
      [
        'schema:rule',
        'spec.template.spec.containers.0.envFrom.0',
        'spec.template.spec.containers[0].envFrom[0] has none of configMapRef, secretRef',
        'exactly one source',
        'add the source',
      ],
    ])
  })

  test('in a Secret is reported without its value', () => {
    const found = foundIn(
      '{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {a: "correct horse", ' +
        'b: 12345}, stringData: {c: 98765}}',
    )
    expect(found).toEqual([
      [
        'schema:format',
        'data.a',
        'data.a is a string that is not base64',
        'base64, padded with =',
        'encode the value with `base64 -w0`, or put it unencoded under `stringData`',
      ],
      ['schema:type', 'data.b', 'data.b is a whole number', 'a string', 'put it in quotes'],
      [
        'schema:type',
        'stringData.c',
        'stringData.c is a whole number',
        'a string',
        'put it in quotes',
      ],
    ])
  })
})

test('a missing member', () => {
  expect(
    foundIn(
      deployment('')
        .replace("image: 'nginx:1', ", '')
        .replace('  selector: {matchLabels: {app: web}}\n', ''),
    ),
  ).toEqual([
    [
      'schema:required',
      'spec.template.spec.containers.0.image',
      'spec.template.spec.containers[0].image is missing or empty',
      'image, which every container must have',
      'add image',
    ],
    [
      'schema:required',
      'spec.selector',
      'spec has no selector',
      'selector, which DeploymentSpec requires',
      'add selector',
    ],
  ])
})

test('a value outside its enumeration', () => {
  expect(foundIn(deployment('imagePullPolicy: always, terminationMessagePolicy: Bogus'))).toEqual([
    [
      'schema:enum',
      'spec.template.spec.containers.0.imagePullPolicy',
      'spec.template.spec.containers[0].imagePullPolicy is "always" (a string)',
      'Always, IfNotPresent or Never',
      'write Always',
      { to: 'Always' },
    ],
    [
      'schema:enum',
      'spec.template.spec.containers.0.terminationMessagePolicy',
      'spec.template.spec.containers[0].terminationMessagePolicy is "Bogus" (a string)',
      'FallbackToLogsOnError or File',
      'choose one of FallbackToLogsOnError, File',
    ],
  ])
})

test('quantities', () => {
  expect(
    foundIn(
      deployment(
        'resources: {limits: {memory: 512MB, cpu: 0.5}, requests: {cpu: half, memory: ' +
          '1.5Gi, ephemeral-storage: 1e3}}',
      ),
    ),
  ).toEqual([
    [
      'schema:quantity',
      'spec.template.spec.containers.0.resources.limits.memory',
      'spec.template.spec.containers[0].resources.limits.memory is "512MB" (a string)',
      'a quantity such as 100m, 0.5, 512Mi or 2Gi',
      'write 512Mi, if you mean that',
    ],
    [
      'schema:quantity',
      'spec.template.spec.containers.0.resources.requests.cpu',
      'spec.template.spec.containers[0].resources.requests.cpu is "half" (a string)',
      'a quantity such as 100m, 0.5, 512Mi or 2Gi',
      'write a number and, without a space, one of the units m, k, M, G, T, Ki, Mi, Gi, Ti',
    ],
  ])
})

test('ports', () => {
  expect(
    foundIn(
      deployment(
        'ports: [{containerPort: 70000}], livenessProbe: {httpGet: {port: 0}}, ' +
          'readinessProbe: {tcpSocket: {port: a-very-long-port-name}}',
      ),
    ),
  ).toEqual(
    [
      [
        'schema:name',
        'spec.template.spec.containers.0.readinessProbe.tcpSocket.port',
        'spec.template.spec.containers[0].readinessProbe.tcpSocket.port is "a-very-long-port-name"',
        'a number from 1 to 65535, or a name: at most 15 small letters, digits and ' +
          'dashes, with at least one letter',
        'write it in that form',
      ],
      [
        'schema:range',
        'spec.template.spec.containers.0.ports.0.containerPort',
        'spec.template.spec.containers[0].ports[0].containerPort is 70000',
        'a number from 1 to 65535',
        'write a number in that range',
      ],
      [
        'schema:range',
        'spec.template.spec.containers.0.livenessProbe.httpGet.port',
        'spec.template.spec.containers[0].livenessProbe.httpGet.port is 0',
        'a number from 1 to 65535',
        'write a number in that range',
      ],
    ].toSorted(
      (a, b) =>
        ['ports.0', 'livenessProbe', 'readinessProbe'].findIndex(part => a[1]?.includes(part)) -
        ['ports.0', 'livenessProbe', 'readinessProbe'].findIndex(part => b[1]?.includes(part)),
    ),
  )
})

test('items of a list with the same key, defaults included, where the API server warns', () => {
  const text = deployment(
    'env: [{name: A, value: a}, {name: A, value: b}], ports: [{containerPort: 80}, ' +
      '{containerPort: 80, protocol: TCP}, {containerPort: 80, protocol: UDP}]',
  )
  expect(foundIn(text)).toEqual([])
  const [manifest] = manifestsIn(text)
  if (manifest === undefined) throw new Error('the text has no manifest')
  expect(
    validate(manifest, schemaFor('1.35')).notes.map(
      ({ code, at, description }) => `${code} ${at.path.join('.')} ${description}`,
    ),
  ).toEqual([
    'schema:duplicate spec.template.spec.containers.0.env.1.name ' +
      'spec.template.spec.containers[0].env[1] has the same name "A" as ' +
      'spec.template.spec.containers[0].env[0]: the API server takes it and warns. ' +
      'remove one of the two, or make them different',
    'schema:duplicate spec.template.spec.containers.0.ports.1 ' +
      'spec.template.spec.containers[0].ports[1] has the same containerPort 80 and ' +
      'protocol "TCP" as spec.template.spec.containers[0].ports[0]: the API server takes it and ' +
      'warns. remove one of the two, or make them different',
  ])
})

test('items of a list with the same key, where the API server refuses them', () => {
  expect(
    foundIn(
      deployment('volumeMounts: [{name: v, mountPath: /a}, {name: v, mountPath: /a}]').replace(
        'containers:',
        'volumes: [{name: v}], containers:',
      ),
    ),
  ).toEqual([
    [
      'schema:duplicate',
      'spec.template.spec.containers.0.volumeMounts.1.mountPath',
      'spec.template.spec.containers[0].volumeMounts[1] has the same mountPath "/a" as ' +
        'spec.template.spec.containers[0].volumeMounts[0]',
      'mountPath that no other item of the list has',
      'remove one of the two, or make them different',
    ],
  ])
})

test('the claim of a StatefulSet may be mounted, a missing volume may not', () => {
  const set = (mount: string): string =>
    deployment(`volumeMounts: [{name: ${mount}, mountPath: /data}]`)
      .replace('kind: Deployment', 'kind: StatefulSet')
      .concat(
        '  volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], ' +
          'resources: {requests: {storage: 1Gi}}}}]\n',
      )
  expect(foundIn(set('data'))).toEqual([])
  expect(foundIn(set('date'))).toEqual([
    [
      'schema:rule',
      'spec.template.spec.containers.0.volumeMounts.0.name',
      'spec.template.spec.containers[0].volumeMounts[0].name is "date", and the pod has ' +
        'no volume of that name',
      'a volume of the pod: data',
      'add the volume to the pod, or correct the name',
    ],
  ])
})

test('members that the server sets may be missing', () => {
  expect(
    foundIn(
      '{apiVersion: internal.apiserver.k8s.io/v1alpha1, kind: StorageVersion, metadata: ' +
        '{name: a}, spec: {}}',
    ),
  ).toEqual([])
  expect(
    foundIn(
      '{apiVersion: internal.apiserver.k8s.io/v1alpha1, kind: StorageVersion, metadata: ' +
        '{name: a}, spec: {}, status: {commonEncodingVersion: v1}}',
    ),
  ).toEqual([])
  expect(
    foundIn(`${deployment('')}status: {replicas: 1, conditions: [{type: Available}]}\n`),
  ).toEqual([])
  expect(
    foundIn(
      '{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: ' +
        'a, creationTimestamp: null}, roleRef: {kind: Role, name: a}}',
    ),
  ).toEqual([])
})

test('an object without apiVersion, kind or name', () => {
  expect(validate(manifestOf({}), schema).findings.map(({ code, seen }) => [code, seen])).toEqual([
    ['schema:required', 'the object has no apiVersion'],
    ['schema:required', 'the object has no kind'],
  ])
  expect(foundIn('{apiVersion: v1, kind: ConfigMap, metadata: {}}')).toEqual([
    [
      'schema:required',
      'metadata.name',
      'metadata has no name',
      'a name, which every object needs',
      'add metadata.name',
    ],
  ])
})

test.each(['joelclaw', 'sandbox'])(
  'the manifests of %s are what a v1.35 API server takes',
  cluster => {
    const folder = new URL(`../../clusters/${cluster}/manifests/`, import.meta.url)
    const objects = readdirSync(folder)
      .filter(name => name.endsWith('.yaml'))
      .flatMap(name =>
        parseAllDocuments(readFileSync(new URL(name, folder), 'utf8')).map(
          document => document.toJS() as unknown,
        ),
      )
      .filter(object => object !== null)
    expect(objects.length).toBeGreaterThan(4)
    expect(objects.flatMap(object => validate(manifestOf(object), schema).findings)).toEqual([])
  },
)

describe('any object', () => {
  const kinds = schema.definitions.kinds.map(({ group, version, kind }) => ({
    apiVersion: group === '' ? version : `${group}/${version}`,
    kind,
  }))

  test('is judged and never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), value => {
        const { findings } = validate(manifestOf(value), schema)
        expect(findings.length).toBeGreaterThan(0)
      }),
      { numRuns: 300 },
    )
  })

  test('of a known kind is judged, and each finding points into that object', () => {
    const members = [
      'metadata',
      'spec',
      'template',
      'containers',
      'name',
      'ports',
      'rules',
      'data',
      'labels',
      'selector',
      'status',
      '__proto__',
      'constructor',
      'toString',
    ]
    const { tree } = fc.letrec<{ tree: unknown }>(tie => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(null, true, 0, -1, 1.5, '', 'a', 'Always', 'A b'),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...members), tie('tree'), { maxKeys: 5 }),
      ),
    }))
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.dictionary(fc.constantFrom(...members), tree),
        (kind, body) => {
          const { findings } = validate(manifestOf({ ...body, ...kind }), schema)
          for (const { at, code, seen, remedy } of findings) {
            expect([at.kind, at.apiVersion]).toEqual([kind.kind, kind.apiVersion])
            expect(
              [code, seen, remedy].filter(text => text === '' || text.includes('undefined')),
            ).toEqual([])
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})
