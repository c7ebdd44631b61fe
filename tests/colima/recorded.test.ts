// Replays what a real Colima printed in each half-death: holdfast tells all of them apart, and
// plans the smallest repair that works.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scripted, type Answer } from '#tests/runtime/scripted.ts'
import { cycleColima, renewDockerSocket, startDockerInVm } from '#helpers/colima/fixes.ts'
import { findingsOf } from '#src/engine/evaluate/judge.ts'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import { answersOf, type Exit } from '#src/model/index.ts'
import { colimaTellsTheTruth } from '#specs/invariants/host.spec.ts'
import { VirtualClock } from '#lab/kernel/clock.ts'
import { policy } from './policy.ts'
import { readRecording } from './recording.ts'

const recording = readRecording(join(import.meta.dirname, 'recorded.json'))

function answerOf(exit: Exit): Answer {
  if (exit.kind === 'exited') return { code: exit.code, stdout: exit.stdout, stderr: exit.stderr }
  return exit.kind === 'missing' ? 'missing' : 'silent'
}

const cycle = [
  'colima stop --force',
  'end what outlived the VM, each process by its id',
  'colima start',
]
/** By state: the code of the finding, whether users got an answer, and what the fixes would do. */
const expected: Readonly<
  Record<string, { code: string; answers: boolean; plans: readonly string[] }>
> = {
  healthy: { code: 'holds', answers: true, plans: [] },
  A: {
    code: 'docker-stopped',
    answers: false,
    plans: ['ssh into the VM: sudo systemctl start docker.socket docker.service'],
  },
  B: {
    code: 'socket-lost',
    answers: false,
    plans: ['rm -f docker.sock && ssh -O forward -L docker.sock:/var/run/docker.sock lima-colima'],
  },
  C: { code: 'hangs', answers: false, plans: cycle },
  D: { code: 'failed', answers: false, plans: cycle },
  E: { code: 'hidden', answers: true, plans: [] },
  F: { code: 'not-running', answers: false, plans: cycle.slice(1) },
  G: { code: 'hidden', answers: true, plans: [] },
}

test('every half-death was recorded, with the same version', () => {
  expect(Object.keys(recording.states).toSorted()).toEqual(Object.keys(expected).toSorted())
  expect(recording.versions).toEqual({
    colima: expect.stringContaining('colima version') as string,
    lima: expect.stringContaining('limactl version') as string,
    docker: expect.stringContaining('Docker version') as string,
  })
})

test.for(Object.entries(expected))('%s', async ([state, { code, answers, plans }]) => {
  const script = scripted({
    commands: Object.fromEntries(
      Object.entries(recording.states[state] ?? {}).map(([words, exit]) => [words, answerOf(exit)]),
    ),
  })
  const net = answers
    ? { kind: 'answered' as const, status: 200, body: 'holdfast on colima\n', tookMs: 5 }
    : { kind: 'refused' as const, why: 'nothing listens there', tookMs: 1 }
  const runtime = {
    ...script.runtime,
    home: recording.home,
    clock: new VirtualClock(0),
    net: { http: () => Promise.resolve(net), tcp: () => Promise.resolve(net) },
  }
  const { judgements, snapshot } = await evaluate([colimaTellsTheTruth], runtime, policy)
  const codes = judgements.flatMap(({ verdict }) =>
    verdict.kind === 'violated' ? findingsOf(verdict).map(finding => finding.code) : [verdict.kind],
  )
  const ask = answersOf(snapshot)
  expect({
    codes,
    plans: [startDockerInVm, renewDockerSocket, cycleColima].flatMap(fix =>
      fix.plan(ask, policy).map(({ command }) => command),
    ),
  }).toEqual({ codes: [code], plans })
  await script.close()
})
