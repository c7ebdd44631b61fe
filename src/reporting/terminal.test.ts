// The screen of a run: a snapshot for each kind of run, and its limits.
import { describe, expect, test } from 'vitest'
import type { Run } from '#src/model/index.ts'
import { empty, green, left, planned, refused, sample, silent } from '#tests/reporting/sample.ts'
import { screen } from './terminal.ts'

const wide = { colour: false, width: 110, folder: 'reports/2026-11-21T03-00-00Z-nightly' }
const lines = (text: string) => text.trimEnd().split('\n')

describe('the screen of a run', () => {
  test.each<[string, Run]>([
    ['green', green],
    ['red', sample],
    ['unknown', silent],
    ['refused', refused],
    ['left-behind', left],
    ['plan', planned],
    ['empty', empty],
  ])('%s', async (name, run) => {
    await expect(screen(run, wide)).toMatchFileSnapshot(`snapshots/${name}.txt`)
  })
  test('in full shows every subject and log entry', async () => {
    await expect(
      screen({ ...sample, drills: sample.drills.slice(7, 8) }, { ...wide, full: true }),
    ).toMatchFileSnapshot('snapshots/full.txt')
  })
  test.each([80, 100, 160])('fits into %i columns', width => {
    for (const run of [green, sample, silent, refused, left, planned, empty]) {
      expect(
        lines(screen(run, { colour: false, width })).filter(
          line => Array.from(line).length > width && !line.includes('again:'),
        ),
      ).toEqual([])
    }
  })
  test('has the same text with and without colours', () => {
    // oxlint-disable-next-line no-control-regex -- colours are control characters
    expect(
      screen(sample, { ...wide, colour: true })
        .replaceAll(/\u001b\[\d+m/g, '')
        .replaceAll(/ +\n/g, '\n'),
    ).toBe(screen(sample, wide))
  })
})

/** Violations of several invariants, each of several subjects. */
const violations = (invariants: number, subjects: number): Run => ({
  ...planned,
  exitCode: 1,
  healings: [],
  invariants: Array.from({ length: invariants }, (_, index) => ({
    name: `rule-${index}`,
    section: 'nodes',
    title: `rule ${index} holds on every node`,
    reason: 'a test needs it',
    clauses: ['recovery.node-not-cordoned'],
    stories: [],
  })),
  judgements: Array.from({ length: invariants * subjects }, (_, index) => ({
    invariant: `rule-${Math.floor(index / subjects)}`,
    clauses: ['recovery.node-not-cordoned'],
    subject: `node ${index % subjects}`,
    verdict: {
      kind: 'violated',
      findings: [
        {
          code: 'cordoned',
          seen: 'spec.unschedulable is true',
          expected: 'pods can be placed on it',
          remedy: `kubectl uncordon node-${index % subjects}`,
        },
      ],
    },
  })),
})

/** A host on which nothing answers: each source is one cause of many unknown verdicts. */
function unreachable(): Run {
  const sources = [
    ['kubernetes', 'list pods', 'there is no kubeconfig at ~/.kube/config', 100],
    ['docker', 'inspect the node container', 'Cannot connect to the Docker daemon', 17],
    ['colima', 'ask colima for its state', 'colima is not installed or not on the PATH', 12],
    ['talosctl', 'read the talosconfig', 'talosctl is not installed or not on the PATH', 1],
  ] as const
  return {
    ...violations(0, 0),
    exitCode: 2,
    unanswered: sources.map(([origin, question, why]) => ({
      key: question,
      question,
      origin,
      why,
    })),
    judgements: sources.flatMap(([origin, question, why, amount]) =>
      Array.from({ length: amount }, (_, index) => ({
        invariant: `asks-${origin}`,
        clauses: [],
        subject: `subject ${index}`,
        verdict: {
          kind: 'unknown' as const,
          cause: {
            kind: 'unanswered' as const,
            question,
            description: question,
            origin,
            tookMs: 0,
            reason: why,
          },
        },
      })),
    ),
  }
}

const drillOf = (name: string): Run => ({
  ...sample,
  verb: 'drill',
  judgements: [],
  before: [],
  healings: [],
  unanswered: [],
  drills: sample.drills.filter(({ drill }) => drill === name),
})

describe('one screen', () => {
  const situations: readonly (readonly [string, Run])[] = [
    ['all holds', green],
    ['3 violated', violations(3, 1)],
    ['200 findings', violations(40, 5)],
    ['nothing reachable', unreachable()],
    ['a drill healed by fixes', { ...drillOf('restart-colima'), exitCode: 0 }],
    ['a drill refused', { ...drillOf('typesense-hangs'), exitCode: 4 }],
  ]

  test.each(situations)('of %s', async (name, run) => {
    const file = `snapshots/screen-${name.replaceAll(' ', '-')}.txt`
    await expect(screen(run, wide)).toMatchFileSnapshot(file)
  })

  test.each([...situations, ['a red night', sample], ['a fault left behind', left]] as const)(
    'of %s has at most 40 lines at any width',
    (_, run) => {
      for (const width of [80, 100, 160]) {
        expect(lines(screen(run, { ...wide, width })).length).toBeLessThanOrEqual(40)
      }
    },
  )

  test('names each source that does not answer once, above what is violated', () => {
    const run = unreachable()
    const text = lines(
      screen({ ...run, judgements: [...run.judgements, ...violations(1, 1).judgements] }, wide),
    )
    const causes = text.filter(line => line.startsWith('  ? '))
    expect(causes.map(line => line.trim().split(':')[0])).toEqual([
      '? kubernetes',
      '? docker',
      '? colima',
      '? talosctl',
    ])
    expect(text.indexOf('unknown, because')).toBeLessThan(text.indexOf('violated'))
  })

  test('refers to --full, which shows every finding and every verdict', () => {
    const run = violations(40, 5)
    const full = screen(run, { ...wide, full: true })
    for (const { subject, invariant } of run.judgements) {
      expect(full).toContain(subject)
      expect(full).toContain(invariant)
    }
    expect(screen(run, wide)).toContain('more lines: --full')
  })
})
