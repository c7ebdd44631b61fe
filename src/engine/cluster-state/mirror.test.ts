// Copies of journals in the lab's API: another machine can undo from them, and what it has undone
// its own machine hears of.
import { describe, expect, test } from 'vitest'
import { manifestsOf } from '#src/runs/manifests.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { createLab, findWorld } from '#lab/lab.ts'
import { openKube, resources, type Kube } from '#src/kubernetes/client.ts'
import type { Entry, JournalOf } from '#src/model/journal.ts'
import type { KubeObject } from '#src/model/kube.ts'
import { copies, copyOf, forgetOldMarks } from './mirror.ts'
import { copyName } from './copy-form.ts'

const policy = await loadPolicy('joelclaw')
const world = await findWorld('joelclaw')
if (world === undefined) throw new Error('the lab has no world for joelclaw')
const lab = createLab(world, { seed: 1, manifests: manifestsOf('joelclaw') })
const kube = (): Promise<Kube> =>
  openKube(
    { runtime: lab.runtime, deadline: 3_000, signal: new AbortController().signal },
    policy.identity,
  )
const api = await kube()

let runs = 0
const newOf = (change: Partial<JournalOf> = {}): JournalOf => {
  runs += 1
  return {
    run: `2026-11-21T03-00-00-000Z-${runs}`,
    cluster: `world-${runs}`,
    drill: 'api-port-drifts',
    by: 'joel@panda (pid 1)',
    machine: 'panda',
    startedAt: runs,
    ...change,
  }
}
const taint: Entry = {
  order: 0,
  fault: 'node.taint',
  description: 'taint n1',
  record: { node: 'n1', wasThere: false },
  at: 1,
  undoWithin: 600_000,
}
const cordon: Entry = {
  order: 1,
  fault: 'node.cordon',
  description: 'cordon n1',
  record: { node: 'n1', wasCordoned: false },
}
const panda = { machine: 'panda', by: 'joel@panda (pid 2)', now: () => 77 }
const koala = { machine: 'koala', by: 'ann@koala (pid 3)', now: () => 78 }
const inCluster = (of: JournalOf): KubeObject | undefined =>
  lab.context.store.get('ConfigMap', 'holdfast', copyName(of))

describe('a copy', () => {
  test('is created by the first record and removed with the last one', async () => {
    const of = newOf()
    const copy = copyOf(kube, of, panda)
    await copy.keep([])
    expect(inCluster(of)).toBeUndefined()
    await copy.keep([taint])
    expect(await copies(api, of.cluster)).toEqual([{ name: copyName(of), of, pending: [taint] }])
    await copy.keep([taint, cordon])
    expect((await copies(api, of.cluster))[0]?.pending).toEqual([taint, cordon])
    await copy.keep([taint])
    await copy.keep([])
    expect([inCluster(of), await copies(api, of.cluster)]).toEqual([undefined, []])
  })

  test('of each drill and of each run has its own name, which the API accepts', async () => {
    const of = newOf()
    const others = [
      of,
      { ...of, drill: 'colima-zombie' },
      { ...of, run: `${of.run}0` },
      { ...of, drill: `x${'-very-long'.repeat(40)}` },
    ]
    for (const one of others) await copyOf(kube, one, panda).keep([taint])
    expect(
      (await copies(api, of.cluster)).map(({ of: { drill, run } }) => `${run} ${drill}`).toSorted(),
    ).toEqual(others.map(({ drill, run }) => `${run} ${drill}`).toSorted())
  })

  test('undone by another machine leaves a note for its own', async () => {
    const of = newOf()
    await copyOf(kube, of, panda).keep([taint, cordon])
    const undoing = copyOf(kube, of, koala)
    await undoing.keep([taint])
    expect((await copies(api, of.cluster))[0]).toMatchObject({ pending: [taint] })
    await undoing.keep([])
    expect(await copies(api, of.cluster)).toEqual([
      { name: copyName(of), of, pending: [], undone: { by: koala.by, at: 78 } },
    ])
  })

  test('undone by two machines at once is closed in the end', async () => {
    const of = newOf()
    await copyOf(kube, of, panda).keep([taint, cordon])
    const [one, other] = [copyOf(kube, of, koala), copyOf(kube, of, { ...koala, machine: 'third' })]
    await Promise.all([one.keep([taint]), other.keep([taint])])
    await Promise.all([one.keep([]), other.keep([])])
    expect((await copies(api, of.cluster))[0]).toMatchObject({ pending: [], undone: { at: 78 } })
    const own = copyOf(kube, of, panda)
    await own.keep([])
    await other.keep([])
    expect(inCluster(of)).toBeUndefined()
  })

  test('that another client has changed is read and written again', async () => {
    const of = newOf()
    const copy = copyOf(kube, of, panda)
    await copy.keep([taint])
    await api.patch(resources.configmaps, copyName(of), 'holdfast', 'merge', {
      metadata: { labels: { team: 'x' } },
    })
    await copy.keep([taint, cordon])
    expect((await copies(api, of.cluster))[0]?.pending).toEqual([taint, cordon])
  })

  test('that would be too large is not written', async () => {
    const of = newOf()
    await expect(
      copyOf(kube, of, panda).keep([{ ...taint, record: 'x'.repeat(300_000) }]),
    ).rejects.toThrow(
      new RegExp(
        String.raw`^the records of api-port-drifts take 300\d+ bytes; ` +
          'a copy in the cluster may have at most 262144$',
      ),
    )
    expect(inCluster(of)).toBeUndefined()
  })
})

describe('a ConfigMap that is no journal of this version', () => {
  test.for([
    [
      'of a newer version',
      (of: JournalOf) =>
        JSON.stringify({ head: { holdfast: 'journal', version: 3, ...of }, records: 'elsewhere' }),
      new RegExp(
        String.raw`^ConfigMap holdfast/\S+ was written by a newer holdfast ` +
          String.raw`\(journal version 3, this one knows 2\): undo it with that one$`,
      ),
    ],
    [
      'no JSON',
      () => '{',
      new RegExp(
        String.raw`its journal\.json is not JSON\. Read it ` +
          String.raw`\(kubectl get configmap \S+ -n holdfast -o yaml\), ` +
          'undo what it names, and delete it$',
      ),
    ],
    [
      'another body',
      (of: JournalOf) =>
        JSON.stringify({ head: { holdfast: 'journal', version: 2, ...of }, pending: 5 }),
      /is no journal of holdfast\. Read it/,
    ],
  ] as const)('%s: refused with the remedy', async ([, text, message]) => {
    const of = newOf()
    const name = copyName(of)
    await copyOf(kube, of, panda).keep([taint])
    await api.patch(resources.configmaps, name, 'holdfast', 'merge', {
      data: { 'journal.json': text(of) },
    })
    await expect(copies(api, of.cluster)).rejects.toThrow(message)
    await api.remove(resources.configmaps, name, 'holdfast')
  })
})

test('notes for machines that never come back are removed', async () => {
  const of = newOf()
  for (let run = 0; run < 23; run += 1) {
    const one = { ...of, run: `${of.run}-${run}`, startedAt: run }
    await copyOf(kube, one, panda).keep([taint])
    await copyOf(kube, one, koala).keep([])
  }
  await forgetOldMarks(api, await copies(api, of.cluster))
  expect((await copies(api, of.cluster)).map(({ of: { startedAt } }) => startedAt)).toEqual(
    Array.from({ length: 20 }, (_, index) => 22 - index),
  )
})
