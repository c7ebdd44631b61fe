// Custom resources, judged by the CustomResourceDefinitions of the same set. The verdicts were
// checked on a v1.35 API server.
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { withCustom } from './custom.ts'
import { foundIn, manifestOf, manifestsIn } from './sample.ts'
import { isJudged, matches } from './patterns.ts'
import { schemaFor } from './schema.ts'
import { limitsBroken } from './rules/limits.ts'
import { validate } from './validate.ts'

const definition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: sails.ships.example.org}
spec:
  group: ships.example.org
  scope: Namespaced
  names: {plural: sails, singular: sail, kind: Sail}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          required: [spec]
          properties:
            metadata: {type: object}
            spec:
              type: object
              required: [area, colour]
              anyOf: [{required: [cloth]}, {required: [note]}]
              properties:
                area: {type: integer, minimum: 1, maximum: 500}
                colour: {type: string, enum: [white, red], default: white}
                cloth: {type: string, pattern: '^[a-z]+$', minLength: 2}
                reefs: {type: array, maxItems: 2, items: {type: string}}
                tags: {type: object, additionalProperties: {type: string}}
                note: {type: string, nullable: true}
                any:
                  type: object
                  x-kubernetes-preserve-unknown-fields: true
                  properties: {known: {type: string}}
                size: {x-kubernetes-int-or-string: true}
                inner:
                  type: object
                  x-kubernetes-embedded-resource: true
                  x-kubernetes-preserve-unknown-fields: true
                spars:
                  type: array
                  items: {type: object, required: [name], properties: {name: {type: string}}}
                  x-kubernetes-list-type: map
                  x-kubernetes-list-map-keys: [name]
                bare: {type: object}
    - name: v1alpha1
      served: false
      storage: false
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
    - name: v1beta1
      served: true
      deprecated: true
      storage: false
      schema:
        openAPIV3Schema:
          type: object
          x-kubernetes-preserve-unknown-fields: true
          x-kubernetes-validations: [{rule: 'has(self.spec)'}]
`
const schema = withCustom(schemaFor('1.35'), manifestsIn(definition))
const sail = (spec: string, rest = ''): readonly unknown[] =>
  foundIn(
    `{apiVersion: ships.example.org/v1, kind: Sail, metadata: {name: a}, spec: ${spec}${rest}}`,
    schema,
  )

test('the definition itself is valid', () => {
  expect(foundIn(definition)).toEqual([])
})

test('a valid object', () => {
  expect(
    sail(
      '{area: 3, cloth: linen, colour: null, reefs: [a], tags: {a: b, c: null}, any: ' +
        '{known: x, other: {y: null}}, size: 50%, inner: {apiVersion: v1, kind: Pod, ' +
        'metadata: {name: p}, spec: {}}, spars: [{name: a}, {name: b}]}',
    ),
  ).toEqual([])
})

describe('a mistake', () => {
  test.each([
    [
      '{area: 600, cloth: linen}',
      [
        'schema:range',
        'spec.area',
        'spec.area is 600 (a whole number)',
        'at most 500',
        'write a smaller number',
      ],
    ],
    [
      '{area: "3", cloth: linen}',
      [
        'schema:type',
        'spec.area',
        'spec.area is "3" (a string)',
        'a whole number',
        'remove the quotes: 3',
        { to: 3 },
      ],
    ],
    [
      '{cloth: linen}',
      [
        'schema:required',
        'spec.area',
        'spec has no area',
        'area, which its schema requires',
        'add area',
      ],
    ],
    [
      '{area: null, cloth: linen}',
      [
        'schema:required',
        'spec.area',
        'spec has no area',
        'area, which its schema requires',
        'add area',
      ],
    ],
    [
      '{area: 3, cloth: linen, colour: whit}',
      [
        'schema:enum',
        'spec.colour',
        'spec.colour is "whit" (a string)',
        'white or red',
        'write white',
        { to: 'white' },
      ],
    ],
    [
      '{area: 3, cloth: Linen}',
      [
        'schema:format',
        'spec.cloth',
        'spec.cloth is "Linen" (a string)',
        'a text that matches ^[a-z]+$',
        'write it in that form',
      ],
    ],
    [
      '{area: 3, cloth: a}',
      [
        'schema:range',
        'spec.cloth',
        'spec.cloth is "a" (a string)',
        'at least 2 letters',
        'write a longer text',
      ],
    ],
    [
      '{area: 3}',
      [
        'schema:rule',
        'spec',
        'spec is a map of members',
        'what at least one part of its schema (anyOf) asks for: cloth or note',
        'see the schema in the CustomResourceDefinition',
      ],
    ],
    [
      '{area: 3, cloth: linen, reefs: [a, b, c]}',
      ['schema:range', 'spec.reefs', 'spec.reefs is a list', 'at most 2 items', 'take 1 item out'],
    ],
    [
      '{area: 3, cloth: linen, reefs: [null]}',
      [
        'schema:type',
        'spec.reefs.0',
        'spec.reefs[0] is nothing (null)',
        'an item',
        'write the item after the dash, or remove the dash',
      ],
    ],
    [
      '{area: 3, cloth: linen, tags: {a: 1}}',
      [
        'schema:type',
        'spec.tags.a',
        'spec.tags.a is 1 (a whole number)',
        'a string',
        'put it in quotes: "1"',
      ],
    ],
    [
      '{area: 3, cloth: linen, any: {known: 1}}',
      [
        'schema:type',
        'spec.any.known',
        'spec.any.known is 1 (a whole number)',
        'a string',
        'put it in quotes: "1"',
      ],
    ],
    [
      '{area: 3, cloth: linen, size: 1.5}',
      [
        'schema:type',
        'spec.size',
        'spec.size is 1.5 (a number)',
        'a whole number or a text',
        'write a number or a name',
      ],
    ],
    [
      '{area: 3, cloth: linen, bare: {x: 1}}',
      [
        'schema:unknown-field',
        'spec.bare.x',
        'spec.bare has a member x',
        'a member of its schema',
        'remove it, or move it to where it belongs',
      ],
    ],
    [
      '{area: 3, cloth: linen, color: red}',
      [
        'schema:unknown-field',
        'spec.color',
        'spec has a member color',
        'a member of its schema',
        'rename it to colour',
        { renamed: 'colour' },
      ],
    ],
    [
      '{area: 3, cloth: linen, inner: {apiVersion: v1, kind: Pod, metadata: {nam: p}}}',
      [
        'schema:unknown-field',
        'spec.inner.metadata.nam',
        'spec.inner.metadata has a member nam',
        'a member that ObjectMeta has in Kubernetes 1.35',
        'rename it to name',
        { renamed: 'name' },
      ],
    ],
    [
      '{area: 3, cloth: linen, spars: [{name: a}, {name: a}]}',
      [
        'schema:duplicate',
        'spec.spars.1.name',
        'spec.spars[1] has the same name "a" as spec.spars[0]',
        'name that no other item of the list has',
        'remove one of the two, or make them different',
      ],
    ],
  ])('%s', (spec, expected) => {
    expect(sail(spec)).toEqual([expected])
  })
})

test('an embedded object has its apiVersion and kind', () => {
  expect(
    sail('{area: 3, cloth: linen, inner: {x: 1}}').map(found => (found as readonly unknown[])[2]),
  ).toEqual(['spec.inner has no apiVersion', 'spec.inner has no kind'])
})

test('the labels of a custom object are labels', () => {
  expect(
    foundIn(
      '{apiVersion: ships.example.org/v1, kind: Sail, metadata: {name: A, labels: {a: ' +
        '"b c"}}, spec: {area: 3, cloth: linen}}',
      schema,
    ).map(found => (found as readonly unknown[]).slice(0, 2)),
  ).toEqual([
    ['schema:name', 'metadata.labels.a'],
    ['schema:name', 'metadata.name'],
  ])
})

test('versions that are not served, deprecated, or judged in part', () => {
  const of = (version: string): unknown => {
    const { findings, notes } = validate(
      manifestOf(
        parse(`{apiVersion: ships.example.org/${version}, kind: Sail, metadata: {name: a}}`),
      ),
      schema,
    )
    return {
      findings: findings.map(({ code, seen, remedy }) => [code, seen, remedy]),
      notes: notes.map(({ code }) => code),
    }
  }
  expect(of('v1alpha1')).toEqual({
    findings: [
      [
        'schema:unknown-kind',
        'ships.example.org/v1alpha1 Sail, which its CustomResourceDefinition in the set ' +
          'does not serve',
        'use ships.example.org/v1 or ships.example.org/v1beta1',
      ],
    ],
    notes: [],
  })
  expect(of('v2')).toEqual({
    findings: [
      [
        'schema:unknown-kind',
        'ships.example.org/v2 Sail, which its CustomResourceDefinition in the set does not define',
        'use ships.example.org/v1 or ships.example.org/v1beta1',
      ],
    ],
    notes: [],
  })
  expect(of('v1beta1')).toEqual({
    findings: [
      [
        'api:deprecated',
        'ships.example.org/v1beta1 Sail: ships.example.org/v1beta1 Sail is deprecated',
        'use ships.example.org/v1',
      ],
    ],
    notes: ['schema:rules'],
  })
})

test('a pattern takes linear time, or is not judged, with a note', () => {
  const endless = `${'a'.repeat(60)}!`
  expect(
    [
      '^(a+)+$',
      '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$',
      '^([a-z]+)*x{1,63}$',
      '^.{1,253}$',
      '(?i)^A+!$',
      '\\pL+',
      '(',
    ].map(pattern => matches(pattern, endless)),
  ).toEqual([false, false, undefined, true, true, undefined, undefined])
  expect(isJudged('^([a-z]+)*x{1,63}$')).toBe(false)
})

test.each([
  ['90s', true],
  ['1h30m', true],
  ['1.5 hours', true],
  ['10µs', true],
  ['0', true],
  ['10', false],
  ['10µx', false],
  ['10µsx', false],
  ['1h 30', false],
])('%s as a duration: %s', (text, fits) => {
  const found = { path: [], diagnostics: [], secret: false }
  expect(limitsBroken(text, { format: 'duration' }, found)).toBe(true)
  expect(found.diagnostics.length === 0).toBe(fits)
})

test('an invalid definition is left alone', () => {
  const broken = manifestsIn(
    '{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: ' +
      '{name: a}, spec: {versions: [3, {name: v1}], names: 7, group: a}}',
  )
  expect([...withCustom(schemaFor('1.35'), broken).custom]).toEqual([])
})
