// What becomes of files: objects with their places, and everything else named with its line.
import { describe, expect, test } from 'vitest'
import { joinInputs, parseObjects } from './read.ts'
import { object, objectsIn, problemsOf, setOf } from './summary.ts'

describe('objects', () => {
  test('of a stream know their document; empty documents are skipped', () => {
    expect(
      objectsIn(
        setOf(
          `# a stream\n${object()}---\n# ` +
            `nothing\n---\n---\n${object('', 'Secret', 'b')}...\n${object('', 'Service', 'c')}`,
        ),
      ),
    ).toEqual(['a.yaml#0 v1 ConfigMap -/a', 'a.yaml#3 v1 Secret -/b', 'a.yaml#4 v1 Service -/c'])
  })

  test('of a List are read one by one and inherit the kind of the List', () => {
    const inner =
      'apiVersion: v1\n  kind: List\n  items:\n  - {apiVersion: v1, kind: Secret, metadata: ' +
      '{name: b}}'
    const list =
      `apiVersion: v1\nkind: List\nitems:\n- ` +
      `${object().trimEnd().replaceAll('\n', '\n  ')}\n- ${inner}\n`
    const pods =
      '{"apiVersion": "v1", "kind": "PodList", "metadata": {}, "items": [{"metadata": ' +
      '{"name": "p", "namespace": "n"}}]}'
    const set = setOf({ 'list.yaml': list, 'pods.json': pods })
    expect([...objectsIn(set), ...problemsOf(set)]).toEqual([
      'list.yaml#0 v1 ConfigMap -/a',
      'list.yaml#0 v1 Secret -/b',
      'pods.json#0 v1 Pod n/p',
    ])
    expect(
      set.manifests
        .map(({ where }) => where(['metadata', 'name']))
        .map(({ line, column }) => [line, column]),
    ).toEqual([
      [7, 11],
      [11, 53],
      [1, 89],
    ])
  })

  test('follow kubectl: YAML 1.1 words and numbers, keys of any type, binary values', () => {
    const set = setOf(
      object(
        'data:\n  mode: 0644\n  on: no\n  1: !!binary aGVsbG8=\n  date: 2001-12-14\n  text: ' +
          '"0644"\n',
      ),
    )
    expect(set.manifests[0]?.object).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a' },
      data: { mode: 420, true: false, 1: 'hello', date: '2001-12-14', text: '0644' },
    })
  })

  test('have aliases and merge keys expanded; a merge key overrides earlier members', () => {
    const set = setOf(
      object('x: &x {a: 1, b: 2}\ndata:\n  a: own\n  <<: *x\n  b: own\nlist: [*x]\n'),
    )
    expect([set.manifests[0]?.object, problemsOf(set)]).toEqual([
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'a' },
        x: { a: 1, b: 2 },
        data: { a: 1, b: 'own' },
        list: [{ a: 1, b: 2 }],
      },
      [],
    ])
  })

  test('with a generated name may repeat', () => {
    const job = 'apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: once-}\n'
    expect([objectsIn(setOf(`${job}---\n${job}`)), problemsOf(setOf(`${job}---\n${job}`))]).toEqual(
      [['a.yaml#0 batch/v1 Job -/once-', 'a.yaml#1 batch/v1 Job -/once-'], []],
    )
  })

  test.each(['\uFEFF', ''])(
    'with Windows’ ends of lines and %j before them are at the same places',
    start => {
      const set = setOf(
        `${start}${object('data:\n  a: |\n    x\n    y\n')}`.replaceAll('\n', '\r\n'),
      )
      expect([
        set.manifests[0]?.object,
        set.manifests[0]?.where(['data', 'a']).line,
        problemsOf(set),
      ]).toEqual([
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: 'x\ny\n' } },
        6,
        [],
      ])
    },
  )
})

describe('problems', () => {
  test.each([
    [
      'a tab in the indentation',
      'a:\n\tb: 1\n',
      ['a.yaml:2:1 broken yaml:tab: a tab in the indentation'],
    ],
    [
      'a key twice',
      object('data:\n  a: 1\n  b: 2\n  a: 3\n'),
      ['a.yaml:8:3 broken yaml:duplicate-key: a again, first on line 6'],
    ],
    ['a tag', object('data: {a: !vault x}\n'), ['a.yaml:5:18 broken yaml:tag: the tag !vault']],
    [
      'an alias of nothing',
      object('data: *x\n'),
      ['a.yaml:5:7 broken yaml:alias: *x with no &x before it in the document'],
    ],
    [
      'a value that holds itself',
      object('data: &x [*x]\n'),
      ['a.yaml:5:11 broken yaml:alias: *x inside its own value'],
    ],
    ['no number', object('data: {a: .inf}\n'), ['a.yaml:5:11 broken yaml:number: .inf']],
    [
      'a key that is an object',
      object('data: {[a]: 1}\n'),
      ['a.yaml:5:8 broken yaml:key: a key that is not a string: [a]'],
    ],
    [
      'a text that never ends',
      object('data: "x\n'),
      ['a.yaml:6:1 broken yaml:missing-char: not valid YAML: Missing closing "quote'],
    ],
    [
      'a control character',
      object('data: {a: x\0}\n'),
      ['a.yaml:5:12 unreadable control-character: the control character U+0000'],
    ],
    [
      'no name',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  labels: {a: b}\n',
      ['a.yaml:3:1 broken no-name: a Pod without metadata.name'],
    ],
    [
      'a name that is a number',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: 1}\n',
      ['a.yaml:3:18 broken no-name: metadata.name: 1, not a string'],
    ],
    [
      'a name that the API refuses',
      object('', 'Service', '1st'),
      ['a.yaml:4:9 broken bad-name: "1st"'],
    ],
    [
      'a namespace that the API refuses',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: A_b}\n',
      ['a.yaml:3:32 broken bad-namespace: "A_b"'],
    ],
    [
      'an annotation that is no text',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a, annotations: {a: true, b: x}}\n',
      ['a.yaml:3:38 broken not-a-text: a: true, a value of type boolean'],
    ],
    [
      'no kind',
      'apiVersion: v1\nmetadata: {name: a}\n',
      ['a.yaml:1:1 broken no-kind: an object without kind'],
    ],
    [
      'no apiVersion',
      'kind: Pod\nmetadata: {name: a}\n',
      ['a.yaml:1:1 broken no-api-version: an object without apiVersion'],
    ],
    [
      'an object twice',
      `${object()}---\n${object()}`,
      ['a.yaml:9:9 broken twice: ConfigMap a again, first at a.yaml:4'],
    ],
  ])('%s', (_, text, expected) => {
    expect(problemsOf(setOf(text))).toEqual(expected)
  })

  test('of one document do not affect the others', () => {
    const set = setOf(`a:\n\tb: 1\n---\n${object()}`)
    expect([objectsIn(set), problemsOf(set)]).toEqual([
      ['a.yaml#1 v1 ConfigMap -/a'],
      ['a.yaml:2:1 broken yaml:tab: a tab in the indentation'],
    ])
  })

  test('an object that occurs twice is reported with both places, across versions', () => {
    const ingress = (version: string): string =>
      `apiVersion: networking.k8s.io/${version}\nkind: Ingress\nmetadata: {name: a, namespace: ` +
      `ns}\n`
    expect(problemsOf(setOf({ 'a.yaml': ingress('v1'), 'b/b.yaml': ingress('v1beta1') }))).toEqual([
      'b/b.yaml:3:18 broken twice: Ingress ns/a again, first at a.yaml:3',
    ])
  })
})

test.each([
  ['values.yaml', 'image: {tag: a}\n', 'helm-values: the values of a Helm chart'],
  ['values-prod.yaml', 'a: {{ not even YAML\n', undefined],
  [
    'Chart.yaml',
    'apiVersion: v2\nname: a\nversion: 1.0.0\n',
    'helm-chart: the description of a Helm chart',
  ],
  ['kustomization.yaml', 'resources: [a.yaml]\n', 'kustomization: a kustomization'],
  [
    'k.yaml',
    'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n',
    'kustomization: a kustomization',
  ],
  ['compose.yaml', 'services: {a: {image: b}}\n', 'not-an-object: a Compose file'],
  [
    'package.json',
    '{"name": "a", "version": "1"}',
    'not-an-object: not an object of the API: it has name, version',
  ],
  ['config', 'apiVersion: v1\nkind: Config\nclusters: []\n', 'local-file: a kubeconfig'],
  [
    'kind.yaml',
    'apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\n',
    'local-file: the configuration of a program (kind.x-k8s.io/v1alpha4 "Cluster")',
  ],
  ['list.yaml', '- a\n', 'not-an-object: a list that is not a List of objects'],
  ['text.yaml', 'hello\n', 'not-an-object: nothing but "hello"'],
])('%s is no object: it is named and left aside', (file, text, said) => {
  const { problems, manifests } = setOf({ [file]: text })
  expect([manifests, problems.map(({ kind, code, seen }) => `${kind} ${code}: ${seen}`)]).toEqual([
    [],
    [
      said === undefined
        ? 'broken template: an unrendered template: a: {{ not even YAML'
        : `skipped ${said}`,
    ],
  ])
})

test('an apiVersion without a slash is never the configuration of a program', () => {
  const set = setOf('apiVersion: skaffold\nkind: Config\nmetadata: {name: a}\n')
  expect([objectsIn(set), problemsOf(set)]).toEqual([['a.yaml#0 skaffold Config -/a'], []])
})

test('objects for helm test are skipped; other hooks, and Secrets, are not', () => {
  const hooked = (name: string, hook: string, kind = 'Pod'): string =>
    object(`  annotations: {helm.sh/hook: "${hook}"}\n`, kind, name)
  const set = setOf(
    [
      hooked('a', 'test'),
      hooked('b', 'test-success, test-failure'),
      hooked('c', 'pre-install,test'),
      hooked('d', 'pre-install'),
      hooked('e', 'test', 'Secret'),
    ].join('---\n'),
  )
  expect([objectsIn(set), problemsOf(set)]).toEqual([
    ['a.yaml#2 v1 Pod -/c', 'a.yaml#3 v1 Pod -/d', 'a.yaml#4 v1 Secret -/e'],
    [
      'a.yaml:1:1 skipped helm-test: a Helm test: Pod a',
      'a.yaml:7:1 skipped helm-test: a Helm test: Pod b',
    ],
  ])
})

test('manifests of the project are read completely, or not at all', () => {
  expect(parseObjects(`${object('data: {a: b}\n')}---\n# nothing\n`)).toEqual([
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: 'b' } },
  ])
  expect(() => parseObjects(object('a: 1\na: 2\n'), 'own.yaml')).toThrow(
    'own.yaml:6:1: a again, first on line 5. Expected: each key once: kubectl silently ' +
      'takes the last one. Remove one of the two.',
  )
})

test('joining inputs keeps every text: two charts may have templates of the same name', () => {
  const rendered = (text: string) => ({
    texts: new Map([['web/templates/a.yaml (rendered)', text]]),
  })
  expect([...joinInputs([rendered('1'), rendered('2'), rendered('3')]).texts]).toEqual([
    ['web/templates/a.yaml (rendered)', '1'],
    ['web/templates/a.yaml [2] (rendered)', '2'],
    ['web/templates/a.yaml [3] (rendered)', '3'],
  ])
})
