// Rules beyond the published schema: what a v1.35 API server refuses although every type is right.
import { describe, expect, test } from 'vitest'
import { deployment, foundIn } from '#src/schema/sample.ts'

const of = (apiVersion: string, kind: string, rest: string): readonly string[] =>
  foundIn(`{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: a}, ${rest}}`).map(found =>
    (found as readonly unknown[]).slice(0, 2).join(' '),
  )
const pod = '{containers: [{name: a, image: b}]}'
const backend = 'backend: {service: {name: a, port: {number: 80}}}'

describe.each([
  [
    'v1',
    'ReplicationController',
    [
      [`spec: {template: {metadata: {labels: {a: b}}, spec: ${pod}}}`],
      [
        `spec: {selector: {a: c}, template: {metadata: {labels: {a: b}}, spec: ${pod}}}`,
        'schema:rule spec.selector',
      ],
      ['spec: {selector: {a: b}}', 'schema:rule spec.selector', 'schema:required spec.template'],
    ],
  ],
  [
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    [
      ['spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}}'],
      [
        'spec: {minReplicas: 4, maxReplicas: 3, scaleTargetRef: {kind: Deployment, name: a}}',
        'schema:rule spec.maxReplicas',
      ],
      [
        'spec: {maxReplicas: 0, scaleTargetRef: {kind: Deployment, name: a}}',
        'schema:range spec.maxReplicas',
      ],
    ],
  ],
  [
    'networking.k8s.io/v1',
    'Ingress',
    [
      [
        "spec: {rules: [{host: '*.example.org', http: {paths: [{path: /, pathType: " +
          `Prefix, ${backend}}]}}]}`,
      ],
      [
        `spec: {rules: [{http: {paths: [{path: a, pathType: Prefix, ${backend}}]}}]}`,
        'schema:name spec.rules.0.http.paths.0.path',
      ],
      [
        `spec: {rules: [{http: {paths: [{pathType: Exact, ${backend}}]}}]}`,
        'schema:required spec.rules.0.http.paths.0.path',
      ],
      [
        'spec: {defaultBackend: {service: {name: a, port: {}}}}',
        'schema:rule spec.defaultBackend.service.port',
      ],
      [
        'spec: {defaultBackend: {service: {name: a, port: {number: 70000}}}}',
        'schema:range spec.defaultBackend.service.port.number',
      ],
      ['spec: {}', 'schema:required spec.rules'],
    ],
  ],
  [
    'networking.k8s.io/v1',
    'NetworkPolicy',
    [
      [
        'spec: {podSelector: {}, ingress: [{from: [{podSelector: {}, namespaceSelector: ' +
          '{}}, {ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}]}',
      ],
      ['spec: {podSelector: {}, ingress: [{from: [{}]}]}', 'schema:rule spec.ingress.0.from.0'],
      [
        'spec: {podSelector: {}, ingress: [{from: [{podSelector: {}, ipBlock: {cidr: ' +
          '10.0.0.0/8}}]}]}',
        'schema:rule spec.ingress.0.from.0.ipBlock',
      ],
      [
        'spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: ' +
          '[10.1.0.0]}}]}]}',
        'schema:name spec.ingress.0.from.0.ipBlock.except.0',
      ],
      [
        'spec: {podSelector: {}, ingress: [{ports: [{port: http, endPort: 90}]}]}',
        'schema:rule spec.ingress.0.ports.0.endPort',
      ],
    ],
  ],
  [
    'v1',
    'Service',
    [
      ['spec: {clusterIP: None, selector: {a: b}}'],
      ['spec: {type: ExternalName, externalName: example.org}'],
      ['spec: {type: ExternalName}', 'schema:required spec.externalName'],
      ['spec: {ports: [{port: 80, targetPort: 0}]}'],
      [
        'spec: {externalTrafficPolicy: Local, ports: [{port: 80}]}',
        'schema:rule spec.externalTrafficPolicy',
      ],
      [
        'spec: {type: NodePort, ports: [{name: a, port: 80}, {name: a, port: 81}]}',
        'schema:duplicate spec.ports.1.name',
      ],
    ],
  ],
  [
    'rbac.authorization.k8s.io/v1',
    'ClusterRoleBinding',
    [
      [
        'roleRef: {kind: ClusterRole, name: a}, subjects: [{kind: ServiceAccount, name: ' +
          'a, namespace: b}, {kind: Group, name: g}]',
      ],
      [
        'roleRef: {kind: ClusterRole, name: a}, subjects: [{kind: ServiceAccount, name: a}]',
        'schema:required subjects.0.namespace',
      ],
      [
        'roleRef: {kind: Rolle, name: a}, subjects: [{kind: Robot, name: a}]',
        'schema:rule roleRef.kind',
        'schema:rule subjects.0.kind',
      ],
    ],
  ],
  [
    'v1',
    'PersistentVolume',
    [
      ['spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /a}}'],
      [
        'spec: {hostPath: {path: /a/../b}}',
        'schema:rule spec.hostPath.path',
        'schema:required spec.capacity.storage',
        'schema:required spec.accessModes',
      ],
    ],
  ],
  [
    'apps/v1',
    'DaemonSet',
    [
      [
        'spec: {selector: {matchExpressions: [{key: a, operator: In, values: [b]}]}, ' +
          `template: {metadata: {labels: {a: b}}, spec: ${pod}}}`,
      ],
      [
        'spec: {selector: {matchExpressions: [{key: a, operator: NotIn, values: ' +
          `[b]}]}, template: {metadata: {labels: {a: b}}, spec: ${pod}}}`,
        'schema:rule spec.selector',
      ],
      [`spec: {selector: {}, template: {spec: ${pod}}}`, 'schema:required spec.selector'],
      [
        `spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}}}`,
        'schema:required spec.template.spec',
      ],
    ],
  ],
] as const)('%s %s', (apiVersion, kind, cases) => {
  test.each(cases.map(([spec, ...expected]) => ({ spec, expected })))(
    '$spec',
    ({ spec, expected }) => {
      expect(of(apiVersion, kind, spec)).toEqual(expected)
    },
  )
})

describe('a pod', () => {
  test.each([
    [
      'env: [{name: A, value: a, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]',
      ['schema:rule', 'env.0.valueFrom'],
    ],
    ['env: [{name: A, valueFrom: {}}]', ['schema:rule', 'env.0.valueFrom']],
    [
      'env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: a b}}}]',
      ['schema:name', 'env.0.valueFrom.secretKeyRef.key'],
    ],
    ['envFrom: [{}]', ['schema:rule', 'envFrom.0']],
    ['lifecycle: {preStop: {}}', ['schema:rule', 'lifecycle.preStop']],
    ['livenessProbe: {exec: {command: []}}', ['schema:required', 'livenessProbe.exec.command']],
    [
      'readinessProbe: {tcpSocket: {port: 80}, periodSeconds: -1}',
      ['schema:range', 'readinessProbe.periodSeconds'],
    ],
    ['resources: {requests: {cpu: -1}}', ['schema:range', 'resources.requests.cpu']],
    [
      'securityContext: {privileged: true, allowPrivilegeEscalation: false}',
      ['schema:rule', 'securityContext.allowPrivilegeEscalation'],
    ],
    [
      'ports: [{name: a, containerPort: 80}, {name: a, containerPort: 81}]',
      ['schema:duplicate', 'ports.1.name'],
    ],
  ])('%s', (member, [code, path]) => {
    expect(
      foundIn(deployment(member)).map(found => (found as readonly unknown[]).slice(0, 2)),
    ).toEqual([[code, `spec.template.spec.containers.0.${path}`]])
  })

  test('has a unique name for each container, init containers included', () => {
    expect(
      foundIn(deployment('', 'initContainers: [{name: web, image: a}], ')).map(found =>
        (found as readonly unknown[]).slice(0, 2),
      ),
    ).toEqual([['schema:duplicate', 'spec.template.spec.initContainers.0.name']])
  })
})
