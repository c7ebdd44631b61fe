// The timeline of a drill: its phases, acts and milestones.
import { describe, expect, test } from 'vitest'
import type { DrillResult } from '#src/model/index.ts'
import { sample } from '#tests/reporting/sample.ts'
import { all, parseMarkup, shown } from '#tests/reporting/sample-markup.ts'
import { timeline } from './timeline.ts'
import { stretches } from './timeline/phases.ts'

const drillOf = (name: string): DrillResult => sample.drills.find(({ drill }) => drill === name)!
const picture = (name: string) => parseMarkup(timeline(drillOf(name))?.markup ?? '', { html: true })
const titled = (name: string) => all(picture(name), element => element.name === 'desc').map(shown)

describe('the timeline of a drill', () => {
  test('has its milestones as a sentence for screen readers', () => {
    expect(titled('restart-colima')).toEqual([
      'detected after 0.6 s ±0.6 s, budget 30 s; api back after 118.7 s ±0.5 s; ' +
        'nodes ready after 2 min 12 s ±1.0 s; pods ready after 3 min 25 s ±1.0 s; ' +
        'endpoints ready after 3 min 27 s ±0.5 s; ' +
        'service answering after 3 min 29 s ±0.3 s, budget 240 s; ' +
        'recovered after 3 min 37 s ±2.8 s, budget 420 s.',
    ])
    expect(titled('node-comes-back-tainted')).toEqual([
      'detected after 0.7 s ±0.5 s, budget 15 s; service answering never, budget 120 s; ' +
        'recovered never, budget 120 s.',
    ])
  })
  test('divides the drill into phases', () => {
    const { startedAt } = drillOf('restart-colima')
    expect(
      stretches(drillOf('restart-colima')).map(
        ({ description, from, to }) =>
          `${description} ${(from - startedAt) / 1000} to ${(to - startedAt) / 1000}`,
      ),
    ).toEqual([
      'prepare 0 to 2.4',
      'watch and heal 2.4 to 222.2',
      'judge: it stays well 222.2 to 313.4',
      'undo 313.4 to 314.4',
    ])
    expect(stretches(drillOf('flannel-pod-killed')).map(({ description }) => description)).toEqual([
      'prepare',
      'watch',
      'judge: it stays well',
      'undo',
    ])
  })
  test('shows every act of a fix, and only acts', () => {
    const acts = all(picture('restart-colima'), element => element.name === 'path').map(shown)
    expect(acts).toEqual([
      '2 min 02 s: repoint-talosconfig: talosctl config endpoint 127.0.0.1:51744',
      '2 min 05 s: regenerate-kubeconfig: talosctl kubeconfig --force ~/.kube/config',
      '2 min 20 s: remove-control-plane-taint: kubectl taint nodes joelclaw-controlplane-1 ' +
        'node-role.kubernetes.io/control-plane:NoSchedule-',
    ])
  })
  test('shows a broken budget by a sign, not only by a colour', () => {
    const shownTexts = all(picture('api-port-drifts'), element => element.name === 'text').map(
      shown,
    )
    expect(shownTexts).toContain('× 5 min 14 s ±3.4 s of 300 s')
    expect(shownTexts).toContain('✓ 40.8 s ±0.3 s of 180 s')
  })
  test('draws nothing outside of its frame', () => {
    for (const drill of sample.drills) {
      for (const [, share] of (timeline(drill)?.markup ?? '').matchAll(/"(-?[\d.]+)%"/g)) {
        expect(Number(share)).toBeGreaterThanOrEqual(0)
        expect(Number(share)).toBeLessThanOrEqual(100)
      }
    }
  })
  test('is left out for a drill that injected nothing', () => {
    expect(timeline(drillOf('typesense-hangs'))).toBeUndefined()
  })
})
