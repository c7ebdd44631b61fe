// Changes of a file: each makes the requested change and no other, or states why it cannot.
import { describe, expect, test } from 'vitest'
import type { Change, Path } from '#src/model/manifest.ts'
import { diffOf } from './diff.ts'
import { applyChanges, applyEdits, editsFor } from './edit.ts'
import { object, setOf } from '#src/manifests/summary.ts'

type Asked = readonly [path: Path, change: Change]

/** Applies changes to the first object of a file: the resulting patch, and what was refused. */
function patch(text: string, ...asked: readonly Asked[]): string {
  const [manifest] = setOf(text).manifests
  if (manifest === undefined) return 'there is no object'
  const { text: after, refused } = applyChanges(
    text,
    asked.map(([path, change]) => ({ manifest, path, change })),
  )
  return [
    diffOf('a.yaml', text, after),
    ...refused.map(({ wanted, why }) => `refused ${wanted.path.join('.')}: ${why}\n`),
  ].join('')
}

const main: Path = ['spec', 'template', 'spec', 'containers', 0]
const deployment = `# an app
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, labels: {app: api}}   # in braces
spec:
    replicas: 1 # one
    template:
        spec:
            containers:
              - name: main   # the first
                image: 'a:latest'
                # how it is asked
                readinessProbe:
                    httpGet: {path: /, port: 80}
              - image: "b"
                resources: {}
                securityContext:
              # no more containers
    # the end
`

test('values are set in the style of the file, with comments and order unchanged', () => {
  expect(
    patch(
      deployment,
      [['spec', 'replicas'], { to: 2 }],
      [[...main, 'image'], { to: 'a:1.2.3' }],
      [
        ['spec', 'template', 'spec', 'containers', 1, 'resources'],
        { to: { limits: { memory: '1Gi' } } },
      ],
      [
        ['spec', 'template', 'spec', 'containers', 1, 'securityContext', 'runAsNonRoot'],
        { to: true },
      ],
    ),
  ).toMatchInlineSnapshot(`
    "--- a/a.yaml
    +++ b/a.yaml
    @@ -3,17 +3,20 @@
     kind: Deployment
     metadata: {name: api, labels: {app: api}}   # in braces
     spec:
    -    replicas: 1 # one
    +    replicas: 2 # one
         template:
             spec:
                 containers:
                   - name: main   # the first
    -                image: 'a:latest'
    +                image: 'a:1.2.3'
                     # how it is asked
                     readinessProbe:
                         httpGet: {path: /, port: 80}
                   - image: "b"
    -                resources: {}
    +                resources:
    +                    limits:
    +                        memory: 1Gi
                     securityContext:
    +                    runAsNonRoot: true
                   # no more containers
         # the end
    "
  `)
})

test('members are added in the style of the file, with comments and order unchanged', () => {
  expect(
    patch(
      deployment,
      [['metadata', 'namespace'], { to: 'demo' }],
      [[...main, 'resources', 'requests', 'cpu'], { to: '100m' }],
      [[...main, 'resources', 'limits', 'memory'], { to: '64Mi' }],
      [[...main, 'readinessProbe', 'httpGet', 'host'], { to: '127.0.0.1' }],
      [['spec', 'template', 'spec', 'tolerations'], { to: [{ key: 'a', operator: 'Exists' }] }],
    ),
  ).toMatchInlineSnapshot(`
    "--- a/a.yaml
    +++ b/a.yaml
    @@ -1,7 +1,7 @@
     # an app
     apiVersion: apps/v1
     kind: Deployment
    -metadata: {name: api, labels: {app: api}}   # in braces
    +metadata: {name: api, labels: {app: api}, namespace: demo}   # in braces
     spec:
         replicas: 1 # one
         template:
    @@ -11,9 +11,17 @@
                     image: 'a:latest'
                     # how it is asked
                     readinessProbe:
    -                    httpGet: {path: /, port: 80}
    +                    httpGet: {path: /, port: 80, host: "127.0.0.1"}
    +                resources:
    +                    requests:
    +                        cpu: 100m
    +                    limits:
    +                        memory: 64Mi
                   - image: "b"
                     resources: {}
                     securityContext:
    +            tolerations:
    +              - key: a
    +                operator: Exists
                   # no more containers
         # the end
    "
  `)
})

test('members and items are removed with their lines, and empty collections stay', () => {
  expect(
    patch(
      deployment,
      [['metadata', 'labels', 'app'], { removed: true }],
      [[...main, 'name'], { removed: true }],
      [[...main, 'readinessProbe', 'httpGet'], { removed: true }],
      [['spec', 'template', 'spec', 'containers', 1], { removed: true }],
      [['spec', 'strategy'], { removed: true }],
    ),
  ).toMatchInlineSnapshot(`
    "--- a/a.yaml
    +++ b/a.yaml
    @@ -1,19 +1,14 @@
     # an app
     apiVersion: apps/v1
     kind: Deployment
    -metadata: {name: api, labels: {app: api}}   # in braces
    +metadata: {name: api, labels: {}}   # in braces
     spec:
         replicas: 1 # one
         template:
             spec:
                 containers:
    -              - name: main   # the first
    -                image: 'a:latest'
    +              - image: 'a:latest'
                     # how it is asked
    -                readinessProbe:
    -                    httpGet: {path: /, port: 80}
    -              - image: "b"
    -                resources: {}
    -                securityContext:
    +                readinessProbe: {}
                   # no more containers
         # the end
    "
  `)
})

test('JSON stays JSON', () => {
  const text = JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a' },
      spec: { ports: [{ port: 80 }], type: 'NodePort' },
    },
    undefined,
    4,
  )
  expect(
    patch(
      text,
      [['spec', 'type'], { to: 'ClusterIP' }],
      [['spec', 'selector'], { to: { app: 'a' } }],
      [['spec', 'ports', 0, 'name'], { to: 'http' }],
      [['spec', 'ports', 0, 'port'], { removed: true }],
    ),
  ).toMatchInlineSnapshot(`
    "--- a/a.yaml
    +++ b/a.yaml
    @@ -7,9 +7,12 @@
         "spec": {
             "ports": [
                 {
    -                "port": 80
    +                "name": "http"
                 }
             ],
    -        "type": "NodePort"
    +        "type": "ClusterIP",
    +        "selector": {
    +            "app": "a"
    +        }
         }
     }
    \\ No newline at end of file
    "
  `)
})

test('Windows line ends stay', () => {
  const text = object('data:\n  a: "1"\n').replaceAll('\n', '\r\n')
  const [manifest] = setOf(text).manifests
  expect(
    applyChanges(text, [{ manifest: manifest!, path: ['data', 'b'], change: { to: { c: 1 } } }])
      .text,
  ).toBe(object('data:\n  a: "1"\n  b:\n    c: 1\n').replaceAll('\n', '\r\n'))
})

test('an object in a List is changed in place', () => {
  expect(
    patch(
      'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    ' +
        'name: a\n' +
        '- {apiVersion: v1, kind: Pod, metadata: {name: b}}\n',
      [['metadata', 'namespace'], { to: 'demo' }],
    ),
  ).toMatchInlineSnapshot(`
    "--- a/a.yaml
    +++ b/a.yaml
    @@ -5,4 +5,5 @@
       kind: Pod
       metadata:
         name: a
    +    namespace: demo
     - {apiVersion: v1, kind: Pod, metadata: {name: b}}
    "
  `)
})

describe('holdfast refuses', () => {
  test.each<[string, string, Asked, string]>([
    [
      'a value from an alias',
      object('x: &x {a: b}\ny: *x\n'),
      [['y', 'a'], { to: 'c' }],
      'the value comes from an alias',
    ],
    [
      'a value that an alias elsewhere repeats',
      object('x: &x {a: b}\ny: *x\n'),
      [['x', 'a'], { to: 'c' }],
      'no edit certainly changes this member and nothing else',
    ],
    [
      'a member that a merge key may add',
      object('x: &x {a: b}\ny:\n  <<: *x\n'),
      [['y', 'c'], { to: 'c' }],
      'a merge key (<<) adds members to the object',
    ],
    ['to replace a whole object', object(), [[], { to: 1 }], 'whole objects are not replaced'],
    [
      'a member of a scalar',
      object('data: x\n'),
      [['data', 'a', 'b'], { to: 1 }],
      'a value of another kind is at its place',
    ],
    [
      'an item far after the end',
      object('list: [a]\n'),
      [['list', 5], { to: 1 }],
      'the list is shorter',
    ],
  ])('%s', (_, text, [path, change], why) => {
    const [manifest] = setOf(text).manifests
    expect(editsFor(manifest!, text, path, change)).toEqual({ kind: 'refused', why })
  })

  test('to change rendered output or a pipe', () => {
    const refusals = ['web/templates/a.yaml (rendered)', '<stdin>'].map(file =>
      editsFor(setOf({ [file]: object() }).manifests[0]!, object(), ['data'], { to: {} }),
    )
    expect(refusals).toEqual([
      {
        kind: 'refused',
        why: 'a program generates web/templates/a.yaml (rendered) from other files: change those',
      },
      { kind: 'refused', why: 'it came from a pipe: there is no file to change' },
    ])
  })

  test('overlapping edits', () => {
    const edit = (from: number, to: number, text: string) => ({ file: 'a', from, to, text })
    expect([
      applyEdits('abcd', [edit(2, 3, 'X'), edit(0, 1, ''), edit(2, 3, 'X')]),
      applyEdits('abcd', [edit(0, 2, ''), edit(1, 3, '')]),
      applyEdits('abcd', [edit(3, 9, '')]),
    ]).toEqual([
      { kind: 'applied', text: 'bXd' },
      {
        kind: 'refused',
        why: 'two changes overlap, or one lies outside the file',
      },
      {
        kind: 'refused',
        why: 'two changes overlap, or one lies outside the file',
      },
    ])
  })
})
