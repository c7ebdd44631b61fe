// Bodies in protobuf: they become the objects that JSON gives.
import * as fc from 'fast-check'
import protobuf from 'protobufjs/light.js'
import { describe, expect, test } from 'vitest'
import { builtinKinds } from '#lab/kube/api/kinds.ts'
import { messageOf } from '#lab/kube/api/openapi.ts'
import { messageFields } from './message-fields.ts'
import { readProtobuf } from './read-protobuf.ts'
import { numberOf, ProtobufError, wireFields } from './wire.ts'

/** A field with a text or a message. */
const field = (number: number, body: string | Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([number * 8 + 2, Buffer.byteLength(body)]), Buffer.from(body)])
const whole = (apiVersion: string, kind: string, body: Uint8Array): Buffer =>
  Buffer.concat([
    Buffer.from('k8s\0'),
    field(1, Buffer.concat([field(1, apiVersion), field(2, kind)])),
    field(2, body),
  ])
const metadata = field(1, Buffer.concat([field(1, 'x'), field(2, ''), field(8, '')]))

test('the messages are known for each kind but a few', () => {
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

describe('a body', () => {
  test('becomes the object that JSON gives', () => {
    const data = field(2, Buffer.concat([field(1, 'a'), field(2, 'b')]))
    expect(readProtobuf(whole('v1', 'ConfigMap', Buffer.concat([metadata, data])))).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x' },
      data: { a: 'b' },
    })
    // JSON has bytes in base64.
    expect(readProtobuf(whole('v1', 'Secret', Buffer.concat([metadata, data])))).toMatchObject({
      data: { a: 'Yg==' },
    })
  })

  test('keeps a zero of a pointer, and the members of embedded structs', () => {
    const emptyDir = field(1, Buffer.concat([field(1, 'v'), field(2, field(2, ''))]))
    const spec = Buffer.concat([Buffer.from([8, 0]), field(3, field(2, emptyDir))])
    expect(
      readProtobuf(whole('apps/v1', 'Deployment', Buffer.concat([metadata, field(2, spec)]))),
    ).toMatchObject({
      spec: { replicas: 0, template: { spec: { volumes: [{ name: 'v', emptyDir: {} }] } } },
    })
  })

  test('of an unknown kind is undefined', () => {
    expect(readProtobuf(whole('x/v1', 'Nope', metadata))).toBeUndefined()
  })

  test.each([
    ['JSON', Buffer.from('{}')],
    ['a field that is longer than its message', Buffer.from('k8s\0\u000a\u007f')],
    ['an unknown wire type', Buffer.from('k8s\0\u000b')],
    ['no type', Buffer.from('k8s\0')],
    ['a negative length', Buffer.from([...Buffer.from('k8s\0\n'), ...Array(9).fill(255), 1])],
    ['a number without an end', Buffer.from([...Buffer.from('k8s\0\n'), ...Array(11).fill(255)])],
  ])('of %s is an error', (_name, bytes) => {
    expect(() => readProtobuf(bytes)).toThrow(ProtobufError)
  })
})

test('numbers are those that protobufjs encodes', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), number => {
      const bytes = Buffer.from(protobuf.Writer.create().uint32(8).int64(number).finish())
      expect(wireFields(bytes).map(found => [found.number, numberOf(found)])).toEqual([[1, number]])
    }),
  )
})
