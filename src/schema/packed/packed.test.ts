// The packed definitions: the file is small and complete, and each version has its own definitions.
import { statSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { openSchemaStore } from './schema-store.ts'
import { enumerations, pack } from './pack.ts'
import { packedSchemas } from './packed.ts'
import { schemaFor } from '#src/schema/schema.ts'
import { minorOf } from '#src/schema/versions.ts'

/** @source chosen: 100 kB adds little to the size of the package */
const mostBytes = 100_000

test('the file is small and contains these versions', () => {
  expect(statSync(new URL('kubernetes.json.br', import.meta.url)).size).toBeLessThan(mostBytes)
  expect(packedSchemas().versions).toEqual(['1.30', '1.31', '1.32', '1.33', '1.34', '1.35', '1.36'])
})

test('every definition that a version reaches is packed', () => {
  const { versions, of } = packedSchemas()
  const missing = versions.flatMap(version => {
    const definitions = of(version)
    const seen = new Set<string>()
    const lost: string[] = []
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return
      if (
        'is' in value &&
        value.is === 'ref' &&
        'to' in value &&
        typeof value.to === 'string' &&
        !seen.has(value.to)
      ) {
        seen.add(value.to)
        const shape = definitions.definition(value.to)
        if (shape === undefined) lost.push(`${version} ${value.to}`)
        visit(shape)
      }
      Object.values(value).forEach(visit)
    }
    for (const { definition } of definitions.kinds) visit({ is: 'ref', to: definition })
    expect(seen.size).toBeGreaterThan(400)
    return lost
  })
  expect(missing).toEqual([])
})

describe('the schema of a version', () => {
  test.each([
    ['1.35', '1.35'],
    ['v1.35.0', '1.35'],
    ['1.34.2+k3s1', '1.34'],
    [' 1.30 ', '1.30'],
  ])('%s is packed', (asked, version) => {
    const { definitions, note } = schemaFor(asked)
    expect([definitions.version, note]).toEqual([version, undefined])
  })

  test.each([
    ['1.99', '1.36'],
    ['1.20', '1.30'],
  ])('%s is judged by the nearest, %s, with a note', (asked, version) => {
    const { definitions, note } = schemaFor(asked)
    expect([definitions.version, note]).toEqual([
      version,
      `the schema of Kubernetes ${asked} is not packed; objects were judged by that ` +
        `of ${version} (packed: 1.30, 1.31, 1.32, 1.33, 1.34, 1.35, 1.36)`,
    ])
  })

  test.each(['', 'latest', '2.1', '1.x'])('“%s” is refused', asked => {
    expect(() => schemaFor(asked)).toThrow(
      new TypeError(
        `“${asked}” is not a Kubernetes version such as “1.35”: correct the version in the policy`,
      ),
    )
    expect(minorOf(asked)).toBeUndefined()
  })
})

describe('packing', () => {
  const generated = [
    'func schema_k8sio_api_ships_v1_Sail(ref common.ReferenceCallback) common.OpenAPIDefinition {',
    '\t\t\t\t\t"colour": {',
    '\t\t\t\t\t\tSchemaProps: spec.SchemaProps{',
    '\t\t\t\t\t\t\tEnum:        []interface{}{"Red", "White"},',
    '',
  ].join('\n')
  const published = (version: string, members: Record<string, unknown>) => ({
    version,
    generated,
    documents: [
      {
        paths: {
          '/apis/ships/v1/namespaces/{namespace}/sails': {
            post: {
              'x-kubernetes-group-version-kind': { group: 'ships', version: 'v1', kind: 'Sail' },
            },
          },
        },
        components: {
          schemas: {
            'io.k8s.api.ships.v1.Sail': {
              type: 'object',
              required: ['colour'],
              properties: {
                colour: { type: 'string' },
                spar: { allOf: [{ $ref: '#/components/schemas/io.k8s.api.ships.v1.Spar' }] },
                ...members,
              },
              'x-kubernetes-group-version-kind': [{ group: 'ships', version: 'v1', kind: 'Sail' }],
            },
            'io.k8s.api.ships.v1.Spar': {
              type: 'object',
              properties: { length: { type: 'integer', format: 'int32' } },
            },
            'io.k8s.api.ships.v1.Unreached': { type: 'object', properties: {} },
          },
        },
      },
    ],
  })

  test('reads the values of enumerations from the generated source', () => {
    expect([...enumerations(generated)]).toEqual([['ships_v1_Sail.colour', ['Red', 'White']]])
  })

  test('stores shared definitions once, and omits unreachable ones', () => {
    const text = pack([
      published('1.1', {}),
      published('1.2', { reefs: { type: 'array', items: { type: 'string' } } }),
    ])
    expect(
      text
        .split('\n')
        .slice(1)
        .map(line => JSON.parse(line) as unknown),
    ).toEqual([
      {
        is: 'object',
        has: {
          colour: { is: 'string', oneOf: ['Red', 'White'] },
          spar: { is: 'ref', to: 'io.k8s.api.ships.v1.Spar' },
        },
        needs: ['colour'],
      },
      {
        is: 'object',
        has: {
          colour: { is: 'string', oneOf: ['Red', 'White'] },
          spar: { is: 'ref', to: 'io.k8s.api.ships.v1.Spar' },
          reefs: { is: 'list', of: { is: 'string' } },
        },
        needs: ['colour'],
      },
      { is: 'object', has: { length: { is: 'integer', bits: 32 } } },
    ])
    const { of } = openSchemaStore(text)
    expect(of('1.2').kind('ships', 'v1', 'Sail')).toEqual({
      group: 'ships',
      version: 'v1',
      kind: 'Sail',
      definition: 'io.k8s.api.ships.v1.Sail',
      namespaced: true,
    })
    expect(of('1.1').definition('io.k8s.api.ships.v1.Sail')).not.toEqual(
      of('1.2').definition('io.k8s.api.ships.v1.Sail'),
    )
    expect(of('1.1').definition('io.k8s.api.ships.v1.Spar')).toBe(
      of('1.2').definition('io.k8s.api.ships.v1.Spar'),
    )
  })

  test('refuses an invalid source', () => {
    expect(() => pack([{ version: '1.1', documents: [], generated }])).toThrow(
      'the documents of Kubernetes 1.1 have no definitions: ' +
        'give the folder of its source, which contains api/openapi-spec/v3',
    )
    expect(() => pack([{ ...published('1.1', {}), generated: '' }])).toThrow(
      'the generated source of Kubernetes 1.1 has no enumerations: ' +
        'its form has changed, and enumerations() must follow',
    )
  })
})
