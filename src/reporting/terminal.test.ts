// The screen, whole: one snapshot for each kind of run.
import { describe, expect, test } from 'vitest'
import type { Run } from '#src/model/index.ts'
import { empty, green, left, planned, refused, sample, silent } from './sample.ts'
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
  test('in full tells every subject and moment', async () => {
    await expect(
      screen({ ...sample, drills: sample.drills.slice(7, 8) }, { ...wide, full: true }),
    ).toMatchFileSnapshot('snapshots/full.txt')
  })
  test('of a healthy night with ten drills fits one tall screen', () => {
    expect(lines(screen(green, wide)).length).toBeLessThanOrEqual(60)
  })
  test.each([80, 100, 160])('is never wider than %i characters', width => {
    for (const run of [green, sample, silent, refused, left, planned, empty]) {
      expect(
        lines(screen(run, { colour: false, width })).filter(
          line => Array.from(line).length > width && !line.includes('again:'),
        ),
      ).toEqual([])
    }
  })
  test('says the same with and without colours', () => {
    // oxlint-disable-next-line no-control-regex -- colours are control characters, and are what is looked at
    expect(
      screen(sample, { ...wide, colour: true })
        .replaceAll(/\u001b\[\d+m/g, '')
        .replaceAll(/ +\n/g, '\n'),
    ).toBe(screen(sample, wide))
  })
  test('tells many violations of one kind by three of them', () => {
    const run: Run = {
      ...planned,
      healings: [],
      judgements: Array.from({ length: 9 }, (_, index) => ({
        invariant: 'nodes-are-schedulable',
        clauses: ['recovery.node-not-cordoned'],
        subject: `node ${index}`,
        verdict: {
          kind: 'violated',
          findings: [
            {
              code: 'cordoned',
              seen: 'spec.unschedulable is true',
              expected: 'pods can be placed on it',
              remedy: `kubectl uncordon ${index}`,
            },
          ],
        },
      })),
    }
    const told = screen(run, wide)
    expect(told.match(/remedy/g)).toHaveLength(3)
    expect(told).toContain('and 6 more like this')
  })
})
