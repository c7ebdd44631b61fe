// For each fault, one drill dies where the fault is recorded and where it acts. npm run
// test:interrupts runs the whole enumeration.
import { describe, expect, test } from 'vitest'
import { onJoelclaw, policy } from '#tests/drills/stage.ts'
import { dieAt, faultsOf } from './judged.ts'
import type { Death, Step } from './life.ts'
import { play } from './runs.ts'
import { stopAt } from './stops.ts'

/** The first drill that uses each fault. */
const seen = new Set<string>()
const one = onJoelclaw.filter(drill => {
  const names = [...(drill.setup?.(policy) ?? []), ...drill.faults(policy)]
    .map(({ name }) => name)
    .filter(name => !seen.has(name))
  for (const name of names) seen.add(name)
  return names.length > 0
})

/**
 * Points where the last fault is recorded but not injected, and at its first action: during it for
 * a command, after it otherwise.
 */
function whereItActs(steps: readonly Step[], phases: readonly string[]): readonly Death[] {
  const noted = steps.findLastIndex(
    ({ kind, what }, index) =>
      kind === 'journal' && what.startsWith('open') && phases[index] === 'prepare',
  )
  const acts = steps.findIndex(
    ({ kind, writes, what }, index) =>
      index > noted &&
      writes &&
      kind !== 'journal' &&
      phases[index] !== 'undo' &&
      !what.includes('/configmaps'),
  )
  return [
    { step: noted, how: 'after' },
    ...(acts < 0
      ? []
      : [
          {
            step: acts,
            how: steps[acts]?.kind === 'command' ? ('during' as const) : ('after' as const),
          },
        ]),
  ]
}

describe('kill -9, and a new start', () => {
  test('one drill for each fault of this world is here', () => {
    expect([...seen].toSorted()).toEqual(
      [
        ...new Set(
          onJoelclaw.flatMap(drill =>
            [...(drill.setup?.(policy) ?? []), ...drill.faults(policy)].map(({ name }) => name),
          ),
        ),
      ].toSorted(),
    )
  })

  test.for(one)('$name: the world is as before, and the journal is closed', async drill => {
    // Stops the drill once everything is recorded: until then the run is the same as without a
    // stop. A fault may wait for its moment, though.
    const stopped = await play({ drill, stopped: true, healed: false, starts: [] })
    const early = whereItActs(stopped.steps[0] ?? [], stopped.phases)
    const recorded = early.length > 1 ? stopped : await play({ drill, healed: false, starts: [] })
    const died = await dieAt(
      { drill },
      recorded,
      whereItActs(recorded.steps[0] ?? [], recorded.phases),
    )
    expect(died.wrong).toEqual([])
    expect(died.points).toBe(2)
  })

  test('the next start finishes an undo that was killed, and repeats one that failed', async () => {
    const drill = one.find(({ name }) => name === 'node-comes-back-cordoned')!
    const recorded = await play({ drill, starts: [] })
    const [, acts] = whereItActs(recorded.steps[0] ?? [], recorded.phases)
    const death: Death = { step: acts?.step ?? 0, how: 'after' }
    const next = (await play({ drill, death })).steps[1] ?? []
    const undo = next.findIndex(({ what }) => what.startsWith('PATCH /api/v1/nodes'))
    expect(undo).toBeGreaterThan(0)
    for (const how of ['before', 'after', 'fails'] as const) {
      const { end, wrong } = await faultsOf(how, {
        drill,
        death,
        starts: [{ step: undo, how }, undefined],
      })
      expect(wrong).toEqual([])
      expect(end.remains[0]).toEqual([])
    }
  })
})

test('a signal in each kind of activity: undoing begins within 2 s and ends', async () => {
  const { points, wrong } = await stopAt(
    one.find(({ name }) => name === 'node-comes-back-cordoned')!,
    ({ kind, writes }) => `${kind} ${String(writes)}`,
  )
  expect([points, wrong]).toEqual([9, []])
})

test('requests that get and commands that only read count as reading steps', async () => {
  const drill = onJoelclaw.find(({ name }) => name === 'flannel-loses-its-subnet')!
  const zombie = onJoelclaw.find(({ name }) => name === 'colima-zombie')!
  const steps = (
    await Promise.all([drill, zombie].map(each => play({ drill: each, starts: [] })))
  ).flatMap(end => end.steps[0] ?? [])
  const reads = steps.filter(({ writes }) => !writes)
  expect([
    ...new Set(
      reads.filter(({ kind }) => kind === 'request').map(({ what }) => what.split(' ')[0]),
    ),
  ]).toEqual(['GET'])
  const shape = (what: string): string =>
    what
      .replaceAll(/--(host|talosconfig|context|kubeconfig) \S+ /g, '')
      .replaceAll(/ssh -F \S+ .*lima-colima -- /g, 'ssh: ')
      .replaceAll(
        /\/Users\S+|\d+(\.\d+)*|joelclaw-controlplane-…|[\w.-]+\.(service|socket|timer)/g,
        '…',
      )
      .split(' ')
      .slice(0, 5)
      .join(' ')
  expect(
    [
      ...new Set(reads.filter(({ kind }) => kind === 'command').map(({ what }) => shape(what))),
    ].toSorted(),
  ).toMatchInlineSnapshot(`
    [
      "colima list --json",
      "colima status --json",
      "docker info --format {{json .}}",
      "docker inspect joelclaw-controlplane-…",
      "launchctl list",
      "plutil -convert json -o -",
      "ps -axww -o pid=,ppid=,user=,args=",
      "ssh: cat /proc/modules",
      "ssh: cat /proc/sys/net/bridge/bridge-nf-call-iptables",
      "ssh: cat /proc/sys/net/bridge/bridge-nf-call-ip…tables",
      "ssh: df -P -k /",
      "ssh: df -P -k /var/lib/docker",
      "ssh: docker info",
      "ssh: sudo test -e /proc/…/root/run/flannel/subnet.env",
      "ssh: sudo test -e /proc/…/root/run/flannel/subnet.env.taken-by-a-drill",
      "ssh: true",
      "talosctl config info -o json",
    ]
  `)
})
