// A fault ends even if nobody returns: the drill is killed right after the injection, and the
// platform restores the state.
import { describe, expect, test } from 'vitest'
import { faults } from '#helpers/faults.ts'
import { killContainer, pauseContainer } from '#helpers/docker/faults.ts'
import { cordon } from '#helpers/kubernetes/faults/nodes.ts'
import { taint } from '#helpers/kubernetes/faults/nodes.ts'
import { unloadModule } from '#helpers/colima/faults.ts'
import { zombie } from '#helpers/colima/faults.ts'
import { freeze } from '#helpers/docker/faults.ts'
import type { BoundFault, FaultContext, Json, Node } from '#src/model/index.ts'
import type { Lab } from '#lab/lab.ts'
import { newLab, nodeName, policy, runtimeOf } from '#tests/drills/stage.ts'

/** The time until the platform acts, ms. */
const after = 300_000

const handsOn = (lab: Lab): FaultContext => ({
  runtime: runtimeOf(lab),
  policy,
  signal: new AbortController().signal,
  switchAfter: after,
})

/** Prepares and injects, and then stops as a killed process does. */
async function injectAndDie(lab: Lab, bound: BoundFault): Promise<Json> {
  const context = handsOn(lab)
  const record = await bound.prepare(context)
  await faults.get(bound.name)!.inject(record, context)
  return record
}

const nodeOf = (lab: Lab) => lab.context.store.get<Node>('Node', undefined, nodeName)

/** The state of the world that these faults change. */
const touched = async (lab: Lab) => ({
  cordoned: nodeOf(lab)?.spec?.unschedulable ?? false,
  taints: (nodeOf(lab)?.spec?.taints ?? []).map(({ key }) => key),
  container: lab.host.machines[0]?.state,
  module: lab.host.machines[0]?.kernel.modules.has('br_netfilter'),
  docker: lab.host.faultControls.vm().docker,
  sshd: lab.host.faultControls.vm().sshd,
  frozen: [...(lab.host.machines[0]?.processes.values() ?? [])]
    .filter(({ frozen }) => frozen)
    .map(({ comm }) => comm),
})

const cases: readonly {
  name: string
  bound: BoundFault
  broken: Partial<Awaited<ReturnType<typeof touched>>>
}[] = [
  {
    name: 'a paused node container: systemd in the VM',
    bound: pauseContainer({ container: nodeName }),
    broken: { container: 'paused' },
  },
  {
    name: 'a killed node container: systemd in the VM',
    bound: killContainer({ container: nodeName }),
    broken: { container: 'stopped', frozen: [] },
  },
  {
    name: 'a half-dead VM: systemd in the VM',
    bound: zombie({ profile: 'default' }),
    broken: { docker: 'stopped', sshd: 'stopped', container: 'stopped' },
  },
  {
    name: 'a kernel module unloaded: systemd in the VM',
    bound: unloadModule({ module: 'br_netfilter' }),
    broken: { module: false },
  },
  {
    name: 'a frozen process: systemd in the VM',
    bound: freeze({ program: 'typesense-server' }),
    broken: { frozen: ['typesense-server'] },
  },
  {
    name: 'a cordon: a shell that waits on the host',
    bound: cordon({ node: nodeName }),
    broken: { cordoned: true },
  },
  {
    name: 'a taint: a shell that waits on the host',
    bound: taint({ node: nodeName, key: 'example.com/drill', effect: 'NoSchedule' }),
    broken: { taints: ['example.com/drill'] },
  },
]

describe('killed right after the injection', () => {
  test.for(cases)('$name', async ({ bound, broken }) => {
    const lab = newLab()
    const before = await touched(lab)
    await injectAndDie(lab, bound)
    expect(await touched(lab)).toEqual({ ...before, ...broken })
    // Shortly before the deadline, nothing has happened yet.
    await lab.runtime.clock.sleep(after - 60_000)
    expect(await touched(lab)).toMatchObject(broken)
    await lab.runtime.clock.sleep(240_000)
    // A start of the node sets its taint again, as Talos does. Fixes repair that; the fault does
    // not own it.
    expect({ ...(await touched(lab)), taints: before.taints }).toEqual(before)
  })
})
