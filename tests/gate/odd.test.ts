// Input that cannot be judged is reported as unknown, and never passes silently.
import { expect, test } from 'vitest'
import { judged, screen, setOf } from './judged.ts'
import { notes, unknowns, type Odd } from './odd.ts'
import { policy } from './policy.ts'

const outcome = ({ file, text }: Odd) => {
  const set = setOf({ [file]: text() })
  const report = judged(set, policy)
  return { report, said: screen(report, set) }
}

test.for(unknowns.map(one => [one.code, one] as const))('unknown: %s', ([code, one]) => {
  const { report } = outcome(one)
  expect([
    report.exitCode,
    report.unknowns.map(unknown => unknown.code),
    report.findings,
    report.notes,
  ]).toEqual([2, [code], [], []])
})

test.for(notes.map(one => [one.code, one] as const))('a note: %s', ([code, one]) => {
  const { report } = outcome(one)
  expect([
    report.exitCode,
    report.notes.map(note => note.code),
    report.findings,
    report.unknowns,
  ]).toEqual([0, [code], [], []])
})

test('the report of each input', async () => {
  await expect(
    [...unknowns, ...notes]
      .map(one => `${'='.repeat(100)}\n${one.what}\n\n${outcome(one).said}`)
      .join('\n'),
  ).toMatchFileSnapshot('odd.txt')
})
