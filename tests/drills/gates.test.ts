// A drill starts only in a healthy world that has what its faults need. Otherwise it changes
// nothing.
import { spoken } from '#tests/model/spoken.ts'
import { describe, expect, test } from 'vitest'
import { memoryJournal } from '#src/engine/journal/journal.ts'
import type { Capability, Drill, Runtime } from '#src/model/index.ts'
import type { Lab } from '#lab/lab.ts'
import { drillOf, exitOf, newLab, nodeName, onJoelclaw, policy, runtimeOf, runIn } from './stage.ts'

const isWrite = ({ method, path }: { method: string; path: string }): boolean =>
  method !== 'GET' && !path.endsWith('/selfsubjectaccessreviews')

/** Words that mark the commands of drills that change something. */
const changes = /\b(restart|stop|start|kill|modprobe|mv|rm|port-forward)\b/

/** The same runtime, which records every command that changes something. */
function watched(runtime: Runtime): { runtime: Runtime; acts: string[] } {
  const acts: string[] = []
  return {
    acts,
    runtime: {
      ...runtime,
      shell: {
        run: (argv, options) => {
          if (changes.test(argv.join(' '))) acts.push(argv.join(' '))
          return runtime.shell.run(argv, options)
        },
      },
    },
  }
}

const needsOf = (drill: Drill): readonly Capability[] => [
  ...new Set(
    [...(drill.setup?.(policy) ?? []), ...drill.faults(policy)].flatMap(({ needs }) => needs),
  ),
]

describe('a drill is refused if the steady state does not hold', () => {
  /** One violated and one unknown verdict, neither of them related to a drill. */
  const gaps: readonly { name: string; open(lab: Lab): unknown; why: string }[] = [
    {
      name: 'violated',
      open: lab => lab.host.faultControls.removeFile('~/Library/LaunchAgents/com.joel.talon.plist'),
      why:
        'the steady state does not hold: ' +
        'launchd-jobs-find-their-tools · job com.joel.talon (violated)',
    },
    {
      name: 'unknown',
      why: `the steady state does not hold: flannel-has-its-subnet · node ${nodeName} (unknown)`,
      open: lab =>
        lab.api.disturb(({ path }) =>
          path === '/api/v1/events'
            ? { kind: 'whole', status: 403, headers: {}, body: '{}' }
            : undefined,
        ),
    },
  ]

  test.for(
    onJoelclaw.flatMap(drill => gaps.map(gap => ({ drill, gap, name: drill.name, how: gap.name }))),
  )('$name: $how', async ({ drill, gap }) => {
    const lab = newLab()
    gap.open(lab)
    const journal = memoryJournal()
    const { runtime, acts } = watched(runtimeOf(lab))
    const before = lab.api.log.filter(isWrite).length
    const result = await runIn(lab, drill, { journal, runtime })
    const why = `${gap.why} (to allow it: --allow steady-state)`
    expect(spoken(result).outcome).toEqual({ kind: 'refused', why })
    expect(spoken(result).misses).toEqual([`refused: ${why}`])
    expect(result.milestones).toEqual([])
    expect([result.leftBehind, journal.pending(), acts]).toEqual([[], [], []])
    // The setup has not run either: guards run before the first write. They ask for permissions by
    // access reviews, which store nothing.
    expect(lab.api.log.filter(isWrite).length - before).toBe(0)
    expect(exitOf(result)).toBe(4)
  })
})

describe('a drill is not applicable if the target lacks what its faults need', () => {
  test.for(
    onJoelclaw.flatMap(drill => needsOf(drill).map(need => ({ drill, need, name: drill.name }))),
  )('$name without $need', async ({ drill, need }) => {
    const lab = newLab()
    const { runtime, acts } = watched({
      ...runtimeOf(lab),
      lacks: { [need]: `there is no ${need} here` },
    })
    const requests = lab.api.log.length
    const result = await runIn(lab, drill, { runtime })
    expect(spoken(result)).toMatchObject({
      outcome: { kind: 'not-applicable', why: `there is no ${need} here` },
      milestones: [],
      misses: [],
      unknown: [],
      timeline: [],
      leftBehind: [],
    })
    expect([acts, lab.api.log.length - requests, result.endedAt - result.startedAt]).toEqual([
      [],
      0,
      0,
    ])
    expect(exitOf(result)).toBe(0)
  })

  test('a drill runs without abilities that it does not need, and judges the rest', async () => {
    const lab = newLab()
    const result = await runIn(lab, drillOf('pds-nodeport-reset'), {
      runtime: {
        ...runtimeOf(lab),
        lacks: { 'vm-ssh': 'no VM', colima: 'no VM', launchd: 'no Mac', backups: 'no NAS' },
      },
    })
    expect([result.outcome, result.misses]).toEqual([
      { kind: 'healed-by-fixes', fixes: ['patch-nodeport'] },
      [],
    ])
  })
})
