// Nodes whose Kubernetes is a systemd unit: the questions over ssh, the verdicts, and the restart.
import { describe, expect, test } from 'vitest'
import { guarded } from '#helpers/forbidden/forbidden.ts'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import { findingsOf, judgeAll } from '#src/engine/evaluate/judge.ts'
import { readOnly } from '#helpers/forbidden/read-only.ts'
import { restartNodeService } from '#helpers/systemd/fixes.ts'
import { nodeService, servedNodes } from '#helpers/systemd/questions.ts'
import type { UnitState } from '#helpers/systemd/unit-state.ts'
import { nodeServicesRun } from '#specs/invariants/nodes.spec.ts'
import { policyWith } from '#tests/model/policy.ts'
import { known, seen, silent } from '#tests/model/seen.ts'
import { plan } from '#tests/model/fixed.ts'
import { scripted, type Answer } from '#tests/runtime/scripted.ts'

const policy = policyWith({
  nodes: [
    {
      name: 'one',
      role: 'control-plane',
      service: { unit: 'k3s', host: 'one.lan', user: 'core', port: 2222 },
    },
    { name: 'two', role: 'worker' },
  ],
})
const [node] = servedNodes(policy)
const question = nodeService(node!)
const state = (change: Partial<UnitState> = {}): UnitState => ({
  active: 'active',
  sub: 'running',
  result: 'success',
  pid: 1_129,
  restarts: 0,
  activeSince: 0,
  ...change,
})

const there = 'ssh -o ConnectTimeout=3 -o BatchMode=yes -p 2222 -l core one.lan --'
const show =
  `${there} env TZ=UTC LC_ALL=C systemctl show k3s ` +
  '--property=LoadState,ActiveState,SubState,Result,MainPID,NRestarts,ActiveEnterTimestamp'
const restart = `${there} sudo -n systemctl restart k3s`
const resetFailed = `${there} sudo -n systemctl reset-failed k3s`
const shown = (active: string, sub: string, result: string): Answer => ({
  stdout:
    `LoadState=loaded\nActiveState=${active}\nSubState=${sub}\nResult=${result}\n` +
    'MainPID=0\nNRestarts=5\nActiveEnterTimestamp=\n',
})

/** The findings of a check if the machine's `systemctl show` prints this. */
async function check(answer: Answer) {
  const { runtime, asked } = scripted({ commands: { [show]: answer } })
  const { snapshot } = await evaluate([nodeServicesRun], readOnly(runtime, policy), policy)
  const judged = judgeAll([nodeServicesRun], snapshot, policy).map(({ subject, verdict }) => ({
    subject,
    kind: verdict.kind,
    codes: findingsOf(verdict).map(({ code }) => code),
  }))
  return { judged, asked: asked.map(({ argv }) => argv.join(' ')) }
}

describe('a check', () => {
  test.for([
    ['active', shown('active', 'running', 'success'), 'holds', []],
    ['reloading', shown('reloading', 'reload', 'success'), 'holds', []],
    ['failed', shown('failed', 'failed', 'exit-code'), 'violated', ['service-not-active']],
    [
      'restarting',
      shown('activating', 'auto-restart', 'exit-code'),
      'violated',
      ['service-not-active'],
    ],
    ['absent', { stdout: 'LoadState=not-found\n' }, 'violated', ['service-missing']],
    ['unreachable', { code: 255, stderr: 'ssh: No route to host\n' }, 'unknown', []],
  ] as const)('of a service that is %s', async ([, answer, kind, codes]) => {
    expect(await check(answer)).toEqual({
      judged: [{ subject: 'node one', kind, codes }],
      asked: [show],
    })
  })

  test('of a policy without such a node runs no command', async () => {
    const { runtime, asked } = scripted()
    const bare = policyWith()
    const { snapshot } = await evaluate([nodeServicesRun], runtime, bare)
    expect(judgeAll([nodeServicesRun], snapshot, bare).map(({ verdict }) => verdict.kind)).toEqual([
      'not-applicable',
    ])
    expect(asked).toEqual([])
  })
})

describe('the fix', () => {
  test.for([
    ['inactive', [restart], "ssh one.lan 'systemctl restart k3s' (node one)"],
    [
      'failed',
      [resetFailed, restart],
      "ssh one.lan 'systemctl reset-failed k3s && systemctl restart k3s' (node one)",
    ],
  ] as const)('restarts a service that is %s', async ([active, commands, command]) => {
    const answers = seen(known(question, state({ active, sub: 'dead' })))
    expect(plan(restartNodeService, answers, policy)).toEqual([command])
    const { runtime, asked } = scripted({ commands: { [resetFailed]: {}, [restart]: {} } })
    for (const act of restartNodeService.plan(answers, policy)) await act.apply(guarded(runtime))
    expect(asked.map(({ argv }) => argv.join(' '))).toEqual(commands)
  })

  test.for([state(), state({ active: 'activating', sub: 'auto-restart' }), null])(
    'leaves a service that runs, that systemd is starting, or that does not exist: %j',
    value => {
      expect(plan(restartNodeService, seen(known(question, value)), policy)).toEqual([])
    },
  )

  test('does not act on a machine that does not answer', () => {
    expect(() => plan(restartNodeService, seen(silent(question)), policy)).toThrow('could not')
  })

  test('rejects with the reason when the restart fails', async () => {
    const refused = { code: 1, stderr: 'sudo: a password is required\n' }
    const { runtime } = scripted({ commands: { [restart]: refused } })
    const [act] = restartNodeService.plan(
      seen(known(question, state({ active: 'inactive' }))),
      policy,
    )
    await expect(act!.apply(runtime)).rejects.toThrow('sudo: a password is required')
  })
})
