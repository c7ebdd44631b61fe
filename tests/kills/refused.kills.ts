// A refused drill writes nothing: neither to a real node nor to this machine, except its report.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { facts, kubectl } from './facts.ts'
import { latest, openHere, place, run } from './processes.ts'

const before = await facts()
afterAll(async () => void (await kubectl('uncordon', 'sandbox-1')))

/** holdfast's own objects and files. */
const own = (): Promise<string> =>
  kubectl(
    'get',
    'leases,configmaps,namespaces',
    '-A',
    '--no-headers',
    '-o',
    'custom-columns=N:.metadata.namespace,M:.metadata.name,V:.metadata.resourceVersion',
  )

test('creates neither its namespace nor its lease, nor a lock on this machine', async () => {
  await kubectl('delete', 'namespace', 'holdfast', '--ignore-not-found')
  await kubectl('cordon', 'sandbox-1')
  const refused = await run(['drill', 'pds-nodeport-reset'], 'fresh')
  expect([refused.code, refused.said.replaceAll(/\s+/g, ' ')]).toEqual([
    4,
    expect.stringContaining('the steady state does not hold'),
  ])
  expect(latest()).toMatchObject({
    exitCode: 4,
    drills: [{ outcome: { kind: 'refused' }, timeline: [] }],
  })
  expect((await own()).split('\n').filter(line => /holdfast/.test(line))).toEqual([])
  expect([
    readdirSync(place.folder).includes('fresh') ? readdirSync(join(place.folder, 'fresh')) : [],
    openHere(),
  ]).toEqual([[], []])
  await kubectl('uncordon', 'sandbox-1')
  expect(await facts()).toEqual(before)
})
