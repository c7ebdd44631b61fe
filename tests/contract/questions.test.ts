// Every question of the probes, asked of the healthy lab and of labs in which the answer is
// negative.
import { describe, expect, test } from 'vitest'
import { access, identity } from '#src/kubernetes/questions/access.ts'
import { talosInfo } from '#helpers/talos/questions.ts'
import { backupFiles, forwards } from '#helpers/host/questions.ts'
import { fileText } from '#helpers/launchd/questions.ts'
import { plist } from '#helpers/launchd/questions.ts'
import { kernel } from '#helpers/colima/questions.ts'
import { disks } from '#helpers/colima/questions.ts'
import { vmDocker } from '#helpers/colima/questions.ts'
import { vmSsh } from '#helpers/colima/questions.ts'
import { colimaSays } from '#helpers/colima/questions.ts'
import { dockerSocket } from '#helpers/docker/questions.ts'
import { nodeContainer } from '#helpers/docker/questions.ts'
import {
  apiReady,
  claims,
  daemonSets,
  deployments,
  events,
  leases,
  namespaces,
  nodes,
  pods,
  services,
  slices,
  statefulSets,
  volumes,
  webhooks,
} from '#src/kubernetes/questions/lists.ts'
import { portAnswer, strangeness } from '#helpers/host/ports.ts'
import { signals } from '#helpers/kubernetes/signals.ts'
import { ask, observe } from '#src/engine/evaluate/observe.ts'
import { questionsOfSignal, answersOf, type Question, type Unanswered } from '#src/model/index.ts'
import { drills } from '#specs/chaos/index.ts'
import type { Lab } from '#lab/lab.ts'
import { calm, newLab, nodeName, policy } from './world.ts'

const answer = (question: Question<unknown>, lab: Lab) => ask(question, lab.runtime, policy)

/** The value of an answer, or why there is none. */
async function valueOf<T>(question: Question<T>, lab: Lab = calm): Promise<T | string> {
  const given = await ask(question, lab.runtime, policy)
  return given.kind === 'known' ? given.value : given.why
}

describe('the API', () => {
  test('lists every kind that an invariant needs, and keys are unique', async () => {
    const kinds: readonly Question<readonly unknown[]>[] = [
      pods,
      nodes,
      services,
      deployments,
      statefulSets,
      daemonSets,
      events,
      leases,
      claims,
      volumes,
      slices,
      namespaces,
      webhooks,
    ]
    const lists = await Promise.all(kinds.map(question => valueOf(question)))
    expect(lists.map(list => Array.isArray(list))).toEqual(kinds.map(() => true))
    expect(new Set(kinds.map(({ key }) => key)).size).toBe(kinds.length)
    expect([lists[0], lists[1], lists[11]].map(list => list?.length !== 0)).toEqual([
      true,
      true,
      true,
    ])
  })

  test('is ready at the requested address', async () => {
    expect(await valueOf(apiReady)).toEqual({
      server: 'https://127.0.0.1:32768',
      context: 'admin@joelclaw-1',
      status: 200,
      body: 'ok',
    })
  })

  test('is the one in the kubeconfig', async () => {
    expect(await valueOf(identity)).toEqual({
      context: 'admin@joelclaw-1',
      server: 'https://127.0.0.1:32768',
      uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    expect(await valueOf(access)).toMatchObject({
      current: 'admin@joelclaw-1',
      chosen: { name: 'admin@joelclaw-1', server: 'https://127.0.0.1:32768', insecure: false },
    })
    expect(await valueOf(talosInfo(policy))).toMatchObject({
      context: 'joelclaw-1',
      endpoints: ['127.0.0.1:32769'],
    })
  })
})

describe('the host', () => {
  test('is healthy', async () => {
    expect(await valueOf(nodeContainer(nodeName))).toMatchObject({
      running: true,
      restartPolicy: 'unless-stopped',
    })
    expect(
      await Promise.all([valueOf(dockerSocket), valueOf(vmSsh(policy)), valueOf(vmDocker(policy))]),
    ).toEqual([{ works: true }, { works: true }, { works: true }])
    expect(await valueOf(colimaSays(policy))).toMatchObject({ kind: 'running' })
    expect(await valueOf(disks(policy))).toMatchObject([
      { path: '/', usedPercent: 46 },
      { path: '/var/lib/docker', usedPercent: 44 },
    ])
    expect(await valueOf(kernel(policy))).toMatchObject({
      modules: expect.arrayContaining(['br_netfilter']),
      sysctls: policy.network.sysctls,
    })
    expect(await valueOf(forwards)).toEqual([])
  })

  test('a zombie VM: Colima reports that it runs, and neither ssh nor Docker works', async () => {
    const lab = newLab()
    lab.host.faultControls.zombie()
    expect(await valueOf(colimaSays(policy), lab)).toMatchObject({ kind: 'running' })
    expect(await valueOf(dockerSocket, lab)).toEqual({
      works: false,
      why: expect.stringContaining('connection reset by peer'),
    })
    expect(await valueOf(vmSsh(policy), lab)).toEqual({
      works: false,
      why: 'ssh to lima-colima failed: it hangs up before the login; restart it or its sshd',
    })
  })

  test('a VM without Docker: ssh works, and Docker in the VM does not answer', async () => {
    const lab = newLab()
    lab.host.faultControls.stopDocker()
    expect(
      await Promise.all([valueOf(vmSsh(policy), lab), valueOf(vmDocker(policy), lab)]),
    ).toEqual([
      { works: true },
      { works: false, why: expect.stringContaining('docker info: exit 1: ') },
    ])
  })

  test('a frozen VM is reported as hanging before the question’s deadline', async () => {
    const lab = newLab()
    lab.host.faultControls.freezeVm(true)
    expect(await answer(colimaSays(policy), lab)).toMatchObject({
      kind: 'known',
      value: { kind: 'hangs' },
      tookMs: 8_000,
    })
    expect(await answer(dockerSocket, lab)).toMatchObject({
      kind: 'known',
      value: { works: false, why: 'docker info did not answer within 8.0 s and was killed' },
    })
  })

  test('a missing disk does not hide the others', async () => {
    const more = {
      ...policy,
      storage: {
        ...policy.storage,
        disks: [{ path: '/gone', limit: '80 %' as const }, ...policy.storage.disks],
      },
    }
    expect(await valueOf(disks(more))).toMatchObject([{ path: '/' }, { path: '/var/lib/docker' }])
  })

  test('a missing setting is null, and a missing module is not listed', async () => {
    const lab = newLab()
    lab.host.faultControls.unloadModule('br_netfilter')
    const seen = await valueOf(kernel(policy), lab)
    expect(seen).toMatchObject({ sysctls: { 'net.bridge.bridge-nf-call-iptables': null } })
    expect(seen).not.toMatchObject({ modules: expect.arrayContaining(['br_netfilter']) })
  })

  test('a port-forward answers, or runs without an answer', async () => {
    const lab = newLab()
    const pid = lab.host.faultControls.portForward({
      service: 'inngest-svc',
      namespace: 'joelclaw',
      port: 18_288,
      target: 8288,
    })
    const forward = {
      pid,
      ppid: 1,
      user: 'joel',
      args: 'kubectl port-forward svc/inngest-svc 18288:18288 -n joelclaw',
      local: 18_288,
    }
    expect(await valueOf(forwards, lab)).toEqual([{ ...forward, answers: true }])
    lab.host.faultControls.breakForward(pid, 'hanging')
    expect(await valueOf(forwards, lab)).toEqual([{ ...forward, answers: false }])
  })

  test('missing files, jobs and backups are null or empty, and no error', async () => {
    const { launchd } = policy.host!
    expect(
      await Promise.all(launchd.map(async job => (await valueOf(plist(job.plist))) !== null)),
    ).toEqual(launchd.map(() => true))
    expect(
      await Promise.all([
        valueOf(plist('/gone.plist')),
        valueOf(fileText('/gone')),
        valueOf(backupFiles('/gone')),
      ]),
    ).toEqual([null, null, []])
    expect(await valueOf(backupFiles('/Volumes/three-body/backups/redis'))).toMatchObject([
      { name: 'dump-2026-11-18.rdb' },
      { name: 'dump-2026-11-19.rdb' },
      { name: 'dump-2026-11-20.rdb' },
    ])
  })
})

describe('the mapped ports', () => {
  test.for(policy.ports.map(port => [port.name, port] as const))(
    '%s answers as itself',
    async ([, port]) => {
      const given = await valueOf(portAnswer(port))
      expect(typeof given === 'string' ? given : strangeness(given, port.answers)).toBeUndefined()
    },
  )
})

describe('the signals of a drill', () => {
  const [drill] = drills

  /** The present state of each signal. */
  async function now(lab: Lab): Promise<Record<string, boolean | string>> {
    const snapshot = await observe(
      signals.flatMap(signal => questionsOfSignal(signal, policy, drill!)),
      lab.runtime,
      policy,
    )
    const answers = answersOf(snapshot)
    return Object.fromEntries(
      signals.map(signal => {
        try {
          return [
            signal.milestone,
            signal.every === 'closely'
              ? signal.parts(policy, drill!).every(({ good }) => good(answers))
              : signal.good(answers, policy, drill!),
          ]
        } catch (error) {
          return [signal.milestone, (error as Unanswered).verdict.kind]
        }
      }),
    )
  }

  test('are good in a healthy world', async () => {
    expect(await now(calm)).toEqual({
      'api back': true,
      'nodes ready': true,
      'pods ready': true,
      'endpoints ready': true,
      'service answering': true,
    })
  })

  test(
    'cannot be seen while the node stands still, but for the API and the services: that ' +
      'they do not answer is all there is to see',
    async () => {
      const lab = newLab()
      await lab.runtime.shell.run(['docker', 'pause', nodeName], { deadline: 10_000 })
      expect(await now(lab)).toEqual({
        'api back': false,
        'nodes ready': 'unknown',
        'pods ready': 'unknown',
        'endpoints ready': 'unknown',
        'service answering': false,
      })
    },
  )

  test('ignore what a kubelet reported before its node stopped', async () => {
    const lab = newLab()
    await lab.runtime.shell.run(['docker', 'restart', nodeName], { deadline: 60_000 })
    const seen: Record<string, boolean | string>[] = []
    for (let turn = 0; turn < 30; turn += 1) {
      seen.push(await now(lab))
      await lab.runtime.clock.sleep(1_000)
    }
    // The kubeconfig still has the old port, so no signal that needs the API can be good.
    expect(
      seen.filter(state => state['nodes ready'] === true || state['pods ready'] === true),
    ).toEqual([])
  })
})
