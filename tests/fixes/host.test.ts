// The plans of the fixes for the host, its VM, and the kubeconfig and talosconfig.
import { describe, expect, test } from 'vitest'
import { docker, plan, policy, view } from '#tests/model/fixed.ts'
import { known, now, seen, silent } from '#tests/model/seen.ts'
import { withoutUndefined } from '#src/model/json.ts'
import { access, identity, type Access } from '#src/kubernetes/questions/access.ts'
import { talosInfo } from '#helpers/talos/questions.ts'
import { forwards } from '#helpers/host/questions.ts'
import { vmDocker } from '#helpers/colima/questions.ts'
import { vmSsh } from '#helpers/colima/questions.ts'
import { colimaSays } from '#helpers/colima/questions.ts'
import { dockerSocket } from '#helpers/docker/questions.ts'
import { type Works } from '#src/commands/works.ts'
import { portAnswer } from '#helpers/host/ports.ts'
import type { NetAnswer, Answers } from '#src/model/index.ts'
import { regenerateKubeconfig, repointTalosconfig } from '#helpers/talos/fixes.ts'
import { cycleColima, renewDockerSocket, startDockerInVm } from '#helpers/colima/fixes.ts'
import { endDeadPortForward } from '#helpers/host/fixes.ts'

describe('a port-forward', () => {
  const forward = (pid: number, answers: boolean) => ({
    pid,
    ppid: 1,
    user: 'joel',
    args: `kubectl port-forward svc/redis ${pid}:6379`,
    local: pid,
    answers,
  })
  test('that no longer answers is ended by its pid; a working one is left alone', () => {
    expect(
      plan(endDeadPortForward, seen(known(forwards, [forward(901, true), forward(902, false)]))),
    ).toEqual(['kill -KILL 902 (kubectl port-forward svc/redis 902:6379)'])
  })
})

describe('Colima', () => {
  const clear = 'end what outlived the VM, each process by its id'
  const dead: Works = { works: false, why: 'no answer' }
  const alive: Works = { works: true }
  const description = {
    running: { kind: 'running', runtime: 'docker', socket: '' },
    gone: { kind: 'not-running', description: '' },
    hangs: { kind: 'hangs' },
  } as const
  const silence: NetAnswer = { kind: 'silent', why: '', tookMs: 0 }
  const fine: NetAnswer = { kind: 'answered', status: 200, body: '', tookMs: 0 }
  const evaluate = (
    word: keyof typeof description,
    socket: Works,
    ssh: Works,
    web: NetAnswer = silence,
  ): Answers =>
    seen(
      known(colimaSays(policy), description[word]),
      known(dockerSocket, socket),
      known(vmSsh(policy), ssh),
      known(portAnswer(policy.ports[0]!), web),
    )

  test('that is dead but reports Running is stopped by force and started', () => {
    const cycle = ['colima stop --force', clear, 'colima start']
    expect([
      plan(cycleColima, evaluate('running', dead, dead)),
      plan(cycleColima, evaluate('hangs', dead, dead)),
    ]).toEqual([cycle, cycle])
  })

  test('that reports Stopped is only started, after leftovers on its ports are ended', () => {
    expect(plan(cycleColima, evaluate('gone', dead, dead))).toEqual([clear, 'colima start'])
  })

  test.for<[description: string, answers: Answers]>([
    ['its Docker answers', evaluate('running', alive, dead)],
    ['ssh gets in', evaluate('running', dead, alive)],
    ['one application answers', evaluate('gone', dead, dead, fine)],
  ])('is never cycled while one way in is alive: %s', ([, answers]) => {
    expect(plan(cycleColima, answers)).toEqual([])
  })

  test('without Docker gets Docker started inside; a dead socket is forwarded again', () => {
    const inside = (works: Works): Answers =>
      seen(known(dockerSocket, dead), known(vmSsh(policy), alive), known(vmDocker(policy), works))
    const start = ['ssh into the VM: sudo systemctl start docker.socket docker.service']
    const forward = [
      'rm -f docker.sock && ssh -O forward -L docker.sock:/var/run/docker.sock lima-colima',
    ]
    expect([plan(startDockerInVm, inside(dead)), plan(renewDockerSocket, inside(dead))]).toEqual([
      start,
      [],
    ])
    expect([plan(startDockerInVm, inside(alive)), plan(renewDockerSocket, inside(alive))]).toEqual([
      [],
      forward,
    ])
  })

  test('whose socket answers, or whose ssh fails, is not repaired from inside', () => {
    for (const [socket, ssh] of [
      [alive, alive],
      [dead, dead],
    ] as const) {
      const answers = seen(
        known(dockerSocket, socket),
        known(vmSsh(policy), ssh),
        known(vmDocker(policy), dead),
      )
      expect([plan(startDockerInVm, answers), plan(renewDockerSocket, answers)]).toEqual([[], []])
    }
  })

  test('that did not answer one question is not judged by the others', () => {
    expect(() =>
      plan(
        cycleColima,
        seen(
          known(colimaSays(policy), description.hangs),
          known(dockerSocket, dead),
          silent(vmSsh(policy)),
        ),
      ),
    ).toThrow('could not ask: no answer')
  })
})

describe('kubeconfig and talosconfig', () => {
  const api = 32_443
  const talos = 32_000
  const file = (server: string, change: Partial<Access> = {}): Access => ({
    contexts: [],
    current: 'admin@small-1',
    chosen: { name: 'admin@small-1', server, insecure: false },
    ...change,
  })
  const info = (endpoint: string) =>
    known(talosInfo(policy), { context: 'small', nodes: [], endpoints: [endpoint], roles: [] })
  const verified = known(identity, { context: '', server: '', uid: '' })
  const good = [known(docker, view()), info(`127.0.0.1:${talos}`), verified] as const

  const write = 'talosctl kubeconfig --force --force-context-name admin@small-1 ~/.kube/config'
  const set = 'kubectl config set-cluster <cluster of admin@small-1>'
  const point = `${set} --server=https://127.0.0.1:${api}`
  const use = 'kubectl config use-context admin@small-1'

  test('that lead to the cluster are left alone', () => {
    expect(
      plan(regenerateKubeconfig, seen(...good, known(access, file(`https://127.0.0.1:${api}`)))),
    ).toEqual([])
    expect(plan(repointTalosconfig, seen(...good))).toEqual([])
  })

  test('talosconfig: gets the port at which Talos is mapped now', () => {
    expect(plan(repointTalosconfig, seen(known(docker, view()), info('127.0.0.1:40000')))).toEqual([
      `talosctl config endpoint 127.0.0.1:${talos}`,
    ])
  })

  test.for<[description: string, access: Access]>([
    ['with the port of yesterday', file('https://127.0.0.1:40000')],
    [
      'that does not verify',
      file(`https://127.0.0.1:${api}`, {
        chosen: { name: 'admin@small-1', server: `https://127.0.0.1:${api}`, insecure: true },
      }),
    ],
    ['without the context', file('', { chosen: undefined })],
  ])('kubeconfig %s: written anew', ([, seenFile]) => {
    expect(plan(regenerateKubeconfig, seen(...good, known(access, seenFile)))).toEqual([
      write,
      point,
      use,
    ])
  })

  test('kubeconfig with the CA of another cluster: written anew', () => {
    const untrusted = [
      identity.key,
      {
        kind: 'unknown' as const,
        why: 'SELF_SIGNED_CERT_IN_CHAIN: no authority signed its certificate',
        failure: 'tls' as const,
        description: '',
        origin: '',
        at: now,
        tookMs: 0,
      },
    ] as const
    expect(
      plan(
        regenerateKubeconfig,
        seen(good[0], good[1], untrusted, known(access, file(`https://127.0.0.1:${api}`))),
      ),
    ).toEqual([write, point, use])
  })

  test('kubeconfig with another context chosen: only chosen again', () => {
    expect(
      plan(
        regenerateKubeconfig,
        seen(...good, known(access, file(`https://127.0.0.1:${api}`, { current: 'admin@other' }))),
      ),
    ).toEqual([use])
  })

  test('both stale: Talos first, because it writes the kubeconfig', () => {
    expect(
      plan(
        regenerateKubeconfig,
        seen(
          known(docker, view()),
          info('127.0.0.1:40000'),
          known(access, file('https://127.0.0.1:40001')),
        ),
      ),
    ).toEqual([`talosctl config endpoint 127.0.0.1:${talos}`, write, point, use])
  })

  const unanswered = (failure?: 'tls' | 'tls-name') =>
    [
      identity.key,
      {
        kind: 'unknown' as const,
        why: 'it did not answer',
        ...withoutUndefined({ failure }),
        description: '',
        origin: '',
        at: now,
        tookMs: 0,
      },
    ] as const

  test('kubeconfig with the address that Talos writes: written anew while it leads nowhere', () => {
    const own = known(access, file('https://10.5.0.2:6443'))
    expect(plan(regenerateKubeconfig, seen(good[0], good[1], unanswered(), own))).toEqual([
      write,
      point,
      use,
    ])
    expect(plan(regenerateKubeconfig, seen(...good, own))).toEqual([])
  })

  test('certificate without the address of this host: its name is given to kubectl', () => {
    const right = known(access, file(`https://127.0.0.1:${api}`))
    expect(
      plan(regenerateKubeconfig, seen(good[0], good[1], unanswered('tls-name'), right)),
    ).toEqual([`${set} --tls-server-name=kubernetes`])
  })

  test('are left alone while the node is down: its next ports are unknown', () => {
    const down = known(docker, view({ running: false, bindings: [] }))
    expect(
      plan(
        regenerateKubeconfig,
        seen(down, info('127.0.0.1:40000'), known(access, file('https://127.0.0.1:40001'))),
      ),
    ).toEqual([])
    expect(plan(repointTalosconfig, seen(down, info('127.0.0.1:40000')))).toEqual([])
  })
})
