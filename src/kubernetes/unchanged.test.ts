// A list is parsed again only if anything in it differs.
import { expect, test } from 'vitest'
import { Unchanged } from './unchanged.ts'

const text = (version: number, items: string, more = ''): string =>
  `{"kind":"PodList","metadata":{"resourceVersion":"${version}"${more}},"items":${items}}`
const objects = [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }]

test('the same items under a newer resourceVersion are the same objects', () => {
  const unchanged = new Unchanged()
  unchanged.remember('/pods', text(1, '[{"a":1}]'), objects)
  expect(unchanged.same('/pods', text(2, '[{"a":1}]'))).toBe(objects)
})

test('another item, another path or an unknown list is parsed', () => {
  const unchanged = new Unchanged()
  unchanged.remember('/pods', text(1, '[{"a":1}]'), objects)
  expect([
    unchanged.same('/pods', text(2, '[{"a":2}]')),
    unchanged.same('/nodes', text(1, '[{"a":1}]')),
    new Unchanged().same('/pods', text(1, '[{"a":1}]')),
  ]).toEqual([undefined, undefined, undefined])
})

test('one page of several is never remembered', () => {
  const unchanged = new Unchanged()
  unchanged.remember('/pods', text(1, '[{"a":1}]', ',"continue":"x"'), objects)
  expect(unchanged.same('/pods', text(1, '[{"a":1}]', ',"continue":"x"'))).toBeUndefined()
})

test('an answer without items is not kept', () => {
  const unchanged = new Unchanged()
  unchanged.remember('/pods', 'rubbish', objects)
  expect(unchanged.same('/pods', 'rubbish')).toBeUndefined()
})
