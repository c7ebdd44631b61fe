// Failures of the node's container, of the VM and of everything: what becomes unknown, what is
// violated, and that an evaluation always ends in time.
import { reasonOf } from '#src/reporting/sentences.ts'
import { describe, expect, test } from 'vitest'
import { observe, defaultDeadline } from '#src/engine/evaluate/observe.ts'
import { questionsOf, type Runtime } from '#src/model/index.ts'
import { invariants } from '#tests/red/world.ts'
import { command, newLab, nodeName, policy } from '#tests/drills/stage.ts'
import { changes, reasons, answers, type Changes } from './changes.ts'
import { apiCuts, cut, cutFiles, cutPort } from './cuts.ts'
import { ofDocker, ofTheApi, ofTheVm } from './sources.ts'

const healthy = await answers(newLab().runtime)
const running = 'node-containers-run'
const ports = 'ports-answer-their-application'
const sorted = (...names: readonly (readonly string[])[]): string[] => names.flat().toSorted()

describe('the container of the node', () => {
  test('paused: its state and its ports are violated, the rest is unknown', async () => {
    const lab = newLab()
    await command(lab, 'docker', 'pause', nodeName)
    const seen = await answers(lab.runtime)
    expect(changes(healthy, seen)).toEqual({
      exit: 1,
      unknown: ofTheApi,
      violated: [running, ports],
    } satisfies Changes)
    expect(reasons(healthy, seen).filter(reason => !reason.startsWith('could not'))).toEqual([
      'container joelclaw-controlplane-1 is paused',
      'silent: container joelclaw-controlplane-1, which is paused, ' +
        'accepted the connection and sends nothing',
    ])
    expect(seen.tookMs).toBe(10_000)
  })

  test('stopped: its ports are not published, and the place of the API is unknown', async () => {
    const lab = newLab()
    await command(lab, 'docker', 'stop', nodeName)
    const seen = await answers(lab.runtime)
    expect(changes(healthy, seen)).toEqual({
      exit: 1,
      unknown: sorted(ofTheApi, ['kubeconfig-points-to-the-api', 'talosconfig-points-to-talos']),
      violated: sorted(
        [running, ports],
        policy.ports.map(port => `port-table-agrees · ${port.name} (${port.host})`),
      ),
    } satisfies Changes)
  })

  test('its API port closed: services continue, and only the API is lost', async () => {
    const lab = newLab()
    lab.host.faultControls.unbind(nodeName, 6443)
    const seen = await answers(lab.runtime)
    expect(changes(healthy, seen)).toEqual({
      exit: 1,
      unknown: sorted(ofTheApi, ['kubeconfig-points-to-the-api']),
      violated: ['api-bindings-are-as-declared · API 6443'],
    } satisfies Changes)
  })
})

describe('the VM', () => {
  test('frozen: nothing answers, and the evaluation reports the frozen VM', async () => {
    const lab = newLab()
    lab.host.faultControls.freezeVm(true)
    const seen = await answers(lab.runtime)
    expect(changes(healthy, seen)).toEqual({
      exit: 1,
      unknown: sorted(
        ofTheApi.filter(name => !name.startsWith('port-table')),
        ofDocker,
        ofTheVm,
      ),
      violated: ['colima-tells-the-truth', ports],
    } satisfies Changes)
    expect(
      seen.judgements.find(({ invariant }) => invariant === 'colima-tells-the-truth')?.verdict,
    ).toMatchObject({ findings: [{ code: 'hangs' }] })
    expect(seen.tookMs).toBe(10_000)
  })

  test('killed: every connection is refused at once', async () => {
    const lab = newLab()
    lab.host.faultControls.killVm()
    const seen = await answers(lab.runtime)
    expect(changes(healthy, seen)).toEqual({
      exit: 1,
      unknown: sorted(
        ofTheApi.filter(name => !name.startsWith('port-table')),
        ofDocker,
        ofTheVm,
      ),
      violated: ['colima-tells-the-truth', ports],
    } satisfies Changes)
    expect(seen.tookMs).toBeLessThan(1000)
  })
})

describe('everything at once', () => {
  /** Cuts everything that holdfast asks, in one way. */
  const blind = (runtime: Runtime, how: 'missing' | 'hangs'): Runtime =>
    cutFiles(cutPort(cut(runtime, 'all', how), 'all', how === 'hangs' ? 'hangs' : 'rejects'), '')

  test('gone: every verdict is unknown with a reason, exit 2', async () => {
    const lab = newLab()
    lab.api.disturb(() => apiCuts['answers 500'])
    const seen = await answers(blind(lab.runtime, 'missing'))
    expect(seen.exit).toBe(2)
    expect(new Set(seen.judgements.map(({ verdict }) => verdict.kind))).toEqual(
      new Set(['unknown']),
    )
    expect(
      seen.judgements.every(
        ({ verdict }) =>
          verdict.kind === 'unknown' &&
          /^could not .+: .+ \(asked .+\)$/.test(reasonOf({ verdict })),
      ),
    ).toBe(true)
    expect(seen.tookMs).toBe(0)
  })

  test('hanging: the evaluation ends with its longest deadline, not with the sum', async () => {
    const lab = newLab()
    lab.api.disturb(() => 'hang')
    const runtime = cutPort(cut(lab.runtime, 'all', 'hangs'), 'all', 'hangs')
    const questions = questionsOf(invariants, policy)
    const snapshot = await observe(questions, runtime, policy)
    const deadlines = questions.map(({ deadline }) => deadline ?? defaultDeadline)
    expect(snapshot.endedAt - snapshot.startedAt).toBe(Math.max(...deadlines))
    expect(snapshot.endedAt - snapshot.startedAt).toBeLessThan(
      deadlines.reduce((sum, deadline) => sum + deadline, 0) / 20,
    )
    const seen = await answers(runtime)
    // A `colima status` that does not return is itself an answer, because a frozen VM looks like
    // that: exit 1. Everything else is unknown.
    expect(
      seen.judgements
        .filter(({ verdict }) => verdict.kind !== 'unknown')
        .map(({ invariant, verdict }) => [invariant, verdict.kind]),
    ).toEqual([['colima-tells-the-truth', 'violated']])
    expect(seen.exit).toBe(1)
  })

  test('lacking: every verdict is not applicable with a reason, and none holds', async () => {
    const why = 'this target has none'
    const lacks = Object.fromEntries(
      [
        'kubernetes',
        'colima',
        'docker',
        'vm-ssh',
        'talos',
        'launchd',
        'processes',
        'host-ports',
        'kubeconfig',
        'backups',
      ].map(capability => [capability, why]),
    )
    const seen = await answers({ ...newLab().runtime, lacks })
    expect(
      new Set(seen.judgements.map(({ verdict }) => `${verdict.kind}: ${reasonOf({ verdict })}`)),
    ).toEqual(new Set([`not-applicable: ${why}`]))
  })
})
