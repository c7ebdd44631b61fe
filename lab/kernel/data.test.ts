// Copies and comparisons of plain data.
import { describe, expect, test } from 'vitest'
import { copyOf, isSame } from './data.ts'

const pod = {
  kind: 'Pod',
  metadata: { name: 'a', labels: { app: 'x' } },
  spec: { containers: [{ name: 'c', ports: [1, 2] }], nodeName: undefined },
  status: null,
}

describe('plain data', () => {
  test('a copy equals the original and shares no member with it', () => {
    const copy = copyOf(pod)
    expect(copy).toStrictEqual(pod)
    copy.spec.containers[0]!.ports.push(3)
    copy.metadata.labels.app = 'y'
    expect([pod.spec.containers[0]!.ports, pod.metadata.labels.app]).toEqual([[1, 2], 'x'])
  })

  test.each([
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ a: 1, b: undefined }, { a: 1 }, false],
    [{ a: undefined }, { b: undefined }, false],
    [[1, 2], [2, 1], false],
    [[1], { 0: 1 }, false],
    [null, {}, false],
    [Number.NaN, Number.NaN, true],
    ['1', 1, false],
    [{ a: [{ b: null }] }, { a: [{ b: null }] }, true],
  ])('%j and %j are equal: %s', (a, b, same) => {
    expect([isSame(a, b), isSame(b, a)]).toEqual([same, same])
  })
})
