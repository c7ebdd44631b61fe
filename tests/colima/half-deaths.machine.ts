// The seven half-deaths, each caused on a healthy machine. holdfast tells them apart by Colima,
// Docker and ssh, and repairs them without a boot if that is possible.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { guarded } from '#helpers/forbidden/forbidden.ts'
import { run } from '#src/commands/command.ts'
import { vm as inside } from '#helpers/colima/vm.ts'
import { cycleColima, renewDockerSocket, startDockerInVm } from '#helpers/colima/fixes.ts'
import { findingsOf } from '#src/engine/evaluate/judge.ts'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import { answersOf, type Act, type Fix, type Policy, type Answers } from '#src/model/index.ts'
import { colimaTellsTheTruth } from '#specs/invariants/host.spec.ts'
import { answer, daemon, parts, runtime, signal, call, until, up, vm } from './machine.ts'
import { policy, service } from './policy.ts'
import { profile } from './profile.ts'
import { keep, recorded } from './recording.ts'
import { slowness } from './slowed.ts'

const firstLine = async (...argv: readonly string[]): Promise<string> =>
  (await run(call(20_000), argv)).split('\n')[0] ?? ''
const versions = {
  colima: await firstLine('colima', 'version'),
  lima: await firstLine('limactl', '--version'),
  docker: await firstLine('docker', '--version'),
}

/**
 * Judges the machine now: the codes of the findings, and what the fixes would do. Records the
 * output under the state's name, if it has one.
 */
async function diagnose(
  state?: string,
): Promise<{ codes: readonly string[]; ask: Answers; answers: boolean }> {
  const heard = recorded(runtime)
  const { judgements, snapshot } = await evaluate([colimaTellsTheTruth], heard.runtime, policy)
  if (state !== undefined) keep(state, heard.exits, { home: runtime.home, versions })
  const codes = judgements.flatMap(({ verdict }) =>
    verdict.kind === 'violated' ? findingsOf(verdict).map(({ code }) => code) : [verdict.kind],
  )
  return { codes, ask: answersOf(snapshot), answers: (await answer()) !== undefined }
}

/** What a fix would do, in words; “cannot tell” if it lacks an answer that it needs. */
const acts = (fix: Fix, ask: Answers, of: Policy = policy): readonly Act[] => fix.plan(ask, of)
const inWords = (ask: Answers): Record<string, readonly string[]> =>
  Object.fromEntries(
    [startDockerInVm, renewDockerSocket, cycleColima].map(fix => [
      fix.name,
      acts(fix, ask).map(({ command }) => command),
    ]),
  )

/** Applies the plan of a fix, behind the guard. */
async function apply(fix: Fix, ask: Answers): Promise<void> {
  for (const act of acts(fix, ask)) await act.apply(guarded(runtime))
}

const nothing: readonly string[] = []
const cycle = [
  'colima stop --force',
  'end what outlived the VM, each process by its id',
  'colima start',
]

describe('a half-death without a boot', () => {
  beforeEach(up)
  afterEach(up)

  test('none: nothing is found', async () => {
    expect(await diagnose('healthy')).toMatchObject({ codes: ['holds'], answers: true })
  })

  test('A, Docker has stopped in the VM: it is started through ssh', async () => {
    await inside(call(60_000), profile).run(
      ['sudo', 'systemctl', 'stop', 'docker.socket', 'docker.service'],
      { mux: true },
    )
    const { codes, ask, answers } = await diagnose('A')
    expect({ codes, answers, plans: inWords(ask) }).toEqual({
      codes: ['docker-stopped'],
      answers: false,
      plans: {
        'start-docker-in-vm': [
          'ssh into the VM: sudo systemctl start docker.socket docker.service',
        ],
        'renew-docker-socket': nothing,
        'cycle-colima': nothing,
      },
    })
    await apply(startDockerInVm, ask)
    await until('its service answers again', 180_000, async () => (await answer()) !== undefined)
    expect((await diagnose()).codes).toEqual(['holds'])
  })

  test('B, the ssh master has gone: the socket is forwarded anew', async () => {
    await signal('master', 'SIGKILL')
    await until('the socket is dead', 30_000, () =>
      daemon()
        .info()
        .then(
          () => false,
          () => true,
        ),
    )
    const { codes, ask } = await diagnose('B')
    expect({ codes, plans: inWords(ask) }).toEqual({
      codes: ['socket-lost'],
      plans: {
        'start-docker-in-vm': nothing,
        'renew-docker-socket': [
          'rm -f docker.sock && ssh -O forward -L docker.sock:/var/run/docker.sock lima-colima',
        ],
        'cycle-colima': nothing,
      },
    })
    await apply(renewDockerSocket, ask)
    await until('its service answers again', 180_000, async () => (await answer()) !== undefined)
    expect((await diagnose()).codes).toEqual(['holds'])
  })

  test('C, the VM is frozen: it would be cycled; as soon as it goes on, nothing is', async () => {
    const began = performance.now()
    await signal('vm', 'SIGSTOP')
    try {
      const { codes, ask, answers } = await diagnose('C')
      expect({ codes, answers, plans: inWords(ask) }).toEqual({
        codes: ['hangs'],
        answers: false,
        plans: {
          'start-docker-in-vm': nothing,
          'renew-docker-socket': nothing,
          'cycle-colima': cycle,
        },
      })
      // The evaluation does not hang, because every question has its own deadline.
      expect(performance.now() - began).toBeLessThan(60_000 * slowness)
    } finally {
      await signal('vm', 'SIGCONT')
    }
    await until(
      'it is well again',
      180_000,
      async () => (await vm().status()).kind === 'running' && (await answer()) !== undefined,
    )
  })

  test('G, the hostagent is frozen: everything works, and nothing is touched', async () => {
    await signal('hostagent', 'SIGSTOP')
    try {
      const { codes, ask, answers } = await diagnose('G')
      expect({ codes, answers, plans: inWords(ask) }).toEqual({
        codes: ['hidden'],
        answers: true,
        plans: {
          'start-docker-in-vm': nothing,
          'renew-docker-socket': nothing,
          'cycle-colima': nothing,
        },
      })
    } finally {
      await signal('hostagent', 'SIGCONT')
    }
  })
})

describe('a half-death that needs a boot', () => {
  beforeEach(up)

  test('E, the hostagent is gone: nothing is touched until the VM dies, too', async () => {
    await signal('hostagent', 'SIGKILL')
    const { codes, ask, answers } = await diagnose('E')
    expect({ codes, answers, plans: inWords(ask) }).toEqual({
      codes: ['hidden'],
      answers: true,
      plans: {
        'start-docker-in-vm': nothing,
        'renew-docker-socket': nothing,
        'cycle-colima': nothing,
      },
    })
    expect(await vm().orphans()).toEqual([])
    await signal('vm', 'SIGKILL')
    await until('nothing of the VM is left', 60_000, async () => (await parts()).vm === undefined)
    const held = async (): Promise<string> =>
      (await runtime.net.tcp({ host: '127.0.0.1', port: service.port }, { deadline: 2_000 })).kind
    const orphans = (await vm().orphans())
      .map(({ args }) => (args.endsWith('[mux]') ? 'ssh master' : 'usernet'))
      .toSorted()
    expect({ orphans, port: await held() }).toEqual({
      orphans: ['ssh master', 'usernet'],
      port: 'answered',
    })
    const after = await diagnose()
    expect({ codes: after.codes, plans: inWords(after.ask)['cycle-colima'] }).toEqual({
      codes: ['not-running'],
      plans: cycle.slice(1),
    })
    expect(await vm().clearOrphans()).toHaveLength(2)
    // The start before the next test restores the ports.
    expect([await vm().orphans(), await held()]).toEqual([[], 'refused'])
  })

  test('F, the VM has gone: it is only started', async () => {
    await signal('vm', 'SIGKILL')
    await until(
      'Colima has noticed',
      60_000,
      async () =>
        (await vm().status()).kind === 'not-running' && (await parts()).hostagent === undefined,
    )
    const { codes, ask, answers } = await diagnose('F')
    expect({ codes, answers, plans: inWords(ask) }).toEqual({
      codes: ['not-running'],
      answers: false,
      plans: {
        'start-docker-in-vm': nothing,
        'renew-docker-socket': nothing,
        'cycle-colima': ['end what outlived the VM, each process by its id', 'colima start'],
      },
    })
    await apply(cycleColima, ask)
    await until('its service answers again', 180_000, async () => (await answer()) !== undefined)
    expect((await diagnose()).codes).toEqual(['holds'])
  })

  test('D, the network has gone: it would be cycled', async () => {
    await signal('usernet', 'SIGKILL')
    await until('the socket is dead', 30_000, () =>
      daemon()
        .info()
        .then(
          () => false,
          () => true,
        ),
    )
    const { codes, ask, answers } = await diagnose('D')
    expect({ codes, answers, plans: inWords(ask) }).toEqual({
      codes: ['failed'],
      answers: false,
      plans: {
        'start-docker-in-vm': nothing,
        'renew-docker-socket': nothing,
        'cycle-colima': cycle,
      },
    })
    // The next test that needs the machine boots it. This test only tries the first two steps.
    await vm(60_000).stop({ force: true })
    expect(await vm().clearOrphans()).toEqual([])
  })
})
