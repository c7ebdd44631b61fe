// The objects that controllers create in every namespace.
import { describe, expect, test } from 'vitest'
import type { KubeObject } from '#src/model/kube.ts'
import { VirtualClock } from '#lab/kernel/clock.ts'
import { SeededRandom } from '#lab/kernel/random.ts'
import { Store } from '#lab/kernel/store.ts'
import { startControllers } from '#lab/control/index.ts'

function world(ca?: string) {
  const clock = new VirtualClock(0)
  const random = new SeededRandom(1)
  const context = { seed: 1, clock, random, store: new Store(clock, random.fork('store')) }
  context.store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
  startControllers(context, { serving: () => true, ...(ca === undefined ? {} : { ca }) })
  clock.advance(1000)
  return context
}

describe('a namespace', () => {
  test('gets its account and the root certificate', () => {
    const { store } = world('PEM')
    expect(store.get('ServiceAccount', 'shop', 'default')).toBeDefined()
    expect(
      store.get<KubeObject & { data: unknown }>('ConfigMap', 'shop', 'kube-root-ca.crt')?.data,
    ).toEqual({ 'ca.crt': 'PEM' })
  })

  test('gets them again after they are deleted', () => {
    const { store, clock } = world('PEM')
    store.remove('ServiceAccount', 'shop', 'default')
    store.remove('ConfigMap', 'shop', 'kube-root-ca.crt')
    clock.advance(1000)
    expect(
      [
        store.get('ServiceAccount', 'shop', 'default'),
        store.get('ConfigMap', 'shop', 'kube-root-ca.crt'),
      ].map(object => object !== undefined),
    ).toEqual([true, true])
  })

  test('gets neither in a world without a certificate authority', () => {
    expect(world().store.list('ServiceAccount')).toEqual([])
  })
})
