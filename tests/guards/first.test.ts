// Guards run before the lock: a refused drill writes nothing, neither to the API nor on this
// machine.
import { spokenOutcome } from '#tests/model/spoken.ts'
import { outcomeReason } from '#src/reporting/sentences.ts'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { begin } from '#src/runs/recovery/recover.ts'
import { settingsFrom } from '#src/runs/settings.ts'
import { journalFor } from '#src/runs/process/state.ts'
import { drillTarget } from '#src/runs/drill.ts'
import { faults } from '#helpers/faults.ts'
import { cordon } from '#helpers/kubernetes/faults/nodes.ts'
import { clusterLease } from '#src/engine/cluster-state/lease-object.ts'
import { isHeld, acquireLease } from '#src/engine/cluster-state/lease.ts'
import { openKube } from '#src/kubernetes/client.ts'
import { inject } from '#src/engine/drill/inject.ts'
import type { Policy, Runtime } from '#src/model/index.ts'
import type { Lab } from '#lab/lab.ts'
import { drillOf, newLab, nodeName, policy, runtimeOf } from '#tests/drills/stage.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-first-'))
  env['HOLDFAST_STATE'] = folder
})
afterEach(() => {
  delete env['HOLDFAST_STATE']
  rmSync(folder, { recursive: true, force: true })
})

const settings = settingsFrom({ HOLDFAST_REPORTS: tmpdir() })
/** A lab that seems to outlive this process, and a policy for it. */
function asLive(lab: Lab): { runtime: Runtime; policy: Policy; settings: typeof settings } {
  const uid = lab.context.store.get('Namespace', undefined, 'kube-system')?.metadata.uid
  return {
    runtime: { ...runtimeOf(lab), target: { kind: 'live', description: 'as if it were live' } },
    policy: {
      ...policy,
      identity: { ...policy.identity, ...(uid === undefined ? {} : { kubeSystemUid: uid }) },
    },
    settings,
  }
}

const stores = ({ method, path }: { method: string; path: string }): boolean =>
  method !== 'GET' && path !== '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
const quiet = { step: () => {}, detail: () => {}, done: () => {} }
const refusedOn = (lab: Lab) =>
  drillTarget(['pds-nodeport-reset', 'node-comes-back-cordoned'], asLive(lab), folder, quiet)

describe('a drill that is refused', () => {
  test('because the steady state does not hold, with every reason', async () => {
    const lab = newLab()
    lab.host.faultControls.removeFile('~/Library/LaunchAgents/com.joel.talon.plist')
    const sent = lab.api.log.length
    const results = await refusedOn(lab)
    expect(results.map(({ drill, outcome }) => [drill, outcome.kind])).toEqual([
      ['node-comes-back-cordoned', 'refused'],
      ['pds-nodeport-reset', 'refused'],
    ])
    expect(spokenOutcome(results[0]!.outcome)).toMatchObject({
      why: expect.stringContaining('(to allow it: --allow steady-state)') as string,
    })
    expect(lab.api.log.slice(sent).filter(stores)).toEqual([])
    expect(lab.api.log.length - sent).toBeGreaterThan(20)
    expect(lab.context.store.get('Namespace', undefined, 'holdfast')).toBeUndefined()
    expect(readdirSync(folder)).toEqual([])
  })

  test('because another run renews its lease', async () => {
    const lab = newLab()
    const kube = () =>
      openKube(
        { runtime: lab.runtime, deadline: 3_000, signal: new AbortController().signal },
        policy.identity,
      )
    const other = await acquireLease(
      clusterLease,
      { identity: 'joel@koala (pid 1) aa', doing: 'drill colima-zombie' },
      { kube, clock: lab.runtime.clock },
    )
    if (!isHeld(other)) throw new Error('the lease of a new lab is free')
    const sent = lab.api.log.length
    const results = await refusedOn(lab)
    const since = lab.api.log
      .slice(sent)
      .filter(stores)
      .map(({ method, path }) => `${method} ${path}`)
    await other.release()
    expect(
      results.map(({ outcome }) =>
        outcome.kind === 'refused' ? outcomeReason(outcome) : outcome.kind,
      ),
    ).toEqual(
      Array.from(
        { length: 2 },
        () =>
          'one-at-a-time: drill colima-zombie of joel@koala (pid 1) aa ' +
          'is running on this cluster ' +
          '(wait until it ends, or stop it: holdfast stop)',
      ),
    )
    // The other run keeps renewing its lease.
    expect([...new Set(since)]).toEqual([
      'PATCH /apis/coordination.k8s.io/v1/namespaces/holdfast/leases/holdfast',
    ])
    expect([since.length <= 3, readdirSync(folder)]).toEqual([true, []])
  })
})

test('a killed drill is undone before the guards are asked', async () => {
  const lab = newLab()
  const about = asLive(lab)
  const journal = journalFor(policy.cluster, drillOf('node-comes-back-cordoned'), {
    ...about,
    tell: () => {},
  })
  await inject(cordon({ node: nodeName }), 0, {
    context: { ...about, signal: new AbortController().signal },
    faults,
    journal,
    add: () => {},
  })
  const said: string[] = []
  let asked = 0
  const hold = await begin(
    { ...about, tell: message => said.push(message) },
    { doing: 'drill pds-nodeport-reset', before: async () => void (asked += 1) },
  )
  await hold.release()
  expect([asked, said.at(-1)]).toEqual([0, `undone: cordon ${nodeName}`])
})
