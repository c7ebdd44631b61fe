// Positions of members: the places that code frames and review annotations point at.
import { describe, expect, test } from 'vitest'
import { object, setOf, shownAt } from './summary.ts'

const deployment = `# an app
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, labels: {app: api}}
spec:
  replicas: 2 # two
  template:
    spec:
      containers:
      - name: main
        image: 'a:1'
        args: [--a, "b"]
        resources:
      - image: b
        command:
        - sh
        - |
          one
          two

`

describe('the position of a member', () => {
  test.each([
    [['spec', 'replicas'], '6:13 "2"'],
    [['metadata', 'labels'], '4:31 "{app: api}"'],
    [['metadata', 'labels', 'app'], '4:37 "api"'],
    [['spec', 'template', 'spec', 'containers', 0, 'image'], '11:16 "\'a:1\'"'],
    [['spec', 'template', 'spec', 'containers', 0, 'args', 1], '12:21 "\\"b\\""'],
    [
      ['spec', 'template', 'spec', 'containers', 1, 'command', 1],
      '17:11 "|\\n          one\\n          two"',
    ],
    [
      ['spec', 'template', 'spec', 'containers', 1, 'command'],
      '16:9 "- sh\\n        - |\\n          one\\n          two"',
    ],
  ])('%j at its value', (path, expected) => {
    expect(shownAt(setOf(deployment), path)).toBe(expected)
  })

  test.each([
    [['metadata', 'labels'], '4:23 "labels"'],
    [['spec', 'template'], '7:3 "template"'],
    [['spec', 'template', 'spec', 'containers', 0, 'args', 1], '12:21 "\\"b\\""'],
  ])('%j at its key; what has none, as a whole', (path, expected) => {
    expect(shownAt(setOf(deployment), path, { of: 'key' })).toBe(expected)
  })

  test.each([
    [['spec', 'strategy', 'type'], '5:1 "spec"'],
    [['metadata', 'annotations'], '4:1 "metadata"'],
    [['spec', 'template', 'spec', 'volumes'], '8:5 "spec"'],
    [['spec', 'template', 'spec', 'containers', 0, 'startupProbe'], '10:9 "name"'],
    [['spec', 'template', 'spec', 'containers', 0, 'resources'], '13:9 "resources"'],
    [['spec', 'template', 'spec', 'containers', 0, 'resources', 'limits'], '13:9 "resources"'],
    [['spec', 'template', 'spec', 'containers', 7], '9:7 "containers"'],
    [['status'], '2:1 "apiVersion"'],
  ])(
    '%j, which is not there, at the nearest key above it, or at the first one of an item',
    (path, expected) => {
      expect(shownAt(setOf(deployment), path)).toBe(expected)
    },
  )
})

test('is the same for the full reader', () => {
  const all = deployment
    .replace('# an app', '# an app\n# read in full: &anchor')
    .replace('name: main', 'name: &name main')
  expect(shownAt(setOf(all), ['spec', 'template', 'spec', 'containers', 0, 'startupProbe'])).toBe(
    '11:9 "name"',
  )
  expect(shownAt(setOf(all), ['spec', 'template', 'spec', 'containers', 1, 'command', 1])).toBe(
    '18:11 "|\\n          one\\n          two"',
  )
})

test('behind an alias or merge key is where the value is written', () => {
  const set = setOf(
    object('labels: &labels {app: x}\nselector: *labels\ndata:\n  <<: *labels\n  own: y\n'),
  )
  expect(
    [
      ['selector', 'app'],
      ['data', 'app'],
      ['data', 'own'],
      ['selector', 'none'],
      ['data', 'none'],
    ].map(path => shownAt(set, path)),
  ).toEqual(['5:23 "x"', '5:23 "x"', '9:8 "y"', '6:1 "selector"', '7:1 "data"'])
})

test('is found by the key’s value in any spelling', () => {
  const set = setOf(
    object('data:\n  yes: 1\n  0644: 2\n  "a b": 3\n  name: 4\n  name-of: 5\n  a:b: 6\n'),
  )
  expect(
    ['true', '420', 'a b', 'name', 'name-of', 'a:b', 'nam'].map(key => shownAt(set, ['data', key])),
  ).toEqual(['6:8 "1"', '7:9 "2"', '8:10 "3"', '9:9 "4"', '10:12 "5"', '11:8 "6"', '5:1 "data"'])
})

test('is found among thousands, in a list and by key', () => {
  const numbers = Array.from({ length: 3000 }, (_, index) => index)
  const list = numbers.map(number => `- a${number}\n`).join('')
  const keys = numbers.map(number => (number % 2 === 0 ? `"k ${number}"` : `k${number}`))
  const data = keys.map(key => `  ${key}: v\n`).join('')
  const set = setOf(object(`list:\n${list}data:\n${data}`))
  expect(
    [
      ['list', 39],
      ['list', 40],
      ['list', 2999],
      ['list', 3000],
    ].map(path => shownAt(set, path)),
  ).toEqual(['45:3 "a39"', '46:3 "a40"', '3005:3 "a2999"', '5:1 "list"'])
  expect(
    [
      ['data', 'k 0'],
      ['data', 'k2999'],
      ['data', 'k 2998'],
      ['data', 'k'],
    ].map(path => shownAt(set, path)),
  ).toEqual(['3007:10 "v"', '6006:10 "v"', '6005:13 "v"', '3006:1 "data"'])
})

test('in JSON with tabs has the right columns', () => {
  const set = setOf({
    'a.json': JSON.stringify(
      {
        apiVersion: 'v1',
        kind: 'List',
        items: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }],
      },
      undefined,
      '\t',
    ),
  })
  expect([shownAt(set, ['metadata', 'name']), shownAt(set, ['spec'])]).toEqual([
    '9:13 "\\"a\\""',
    '6:4 "\\"apiVersion\\""',
  ])
})

test('counts columns in UTF-16 units, and ends behind the last letter', () => {
  expect(setOf(object('data: {"😀": é, b: c}\n')).manifests[0]?.where(['data', 'b'])).toEqual({
    line: 5,
    column: 20,
    endLine: 5,
    endColumn: 21,
    from: 70,
    to: 71,
  })
})
