// A plan shows everything and changes nothing: it sends no request that could store anything, and
// runs only commands that are known to read.
import { describe, expect, test } from 'vitest'
import { faults } from '#helpers/faults.ts'
import { planDrill } from '#src/engine/guards/plan.ts'
import { planText } from '#src/reporting/guards/plan.ts'
import { readOnly } from '#helpers/forbidden/read-only.ts'
import { WouldChange } from '#src/commands/forbidden-act.ts'
import type { DrillPlan, KubeObject } from '#src/model/index.ts'
import type { Lab } from '#lab/lab.ts'
import { drillOf, newLab, nodeName, onJoelclaw, policy, runtimeOf } from '#tests/drills/stage.ts'

/** What the control plane and the kubelet write as time passes. */
const alive = new Set(['Lease', 'Event'])
const beats = new Set(['resourceVersion', 'lastHeartbeatTime', 'renewTime'])

/** All stored objects, and everything on the machine that faults change. */
function stateOf(lab: Lab): string {
  const { store } = lab.context
  const kinds = [
    'Node',
    'Pod',
    'Service',
    'Deployment',
    'ReplicaSet',
    'StatefulSet',
    'DaemonSet',
    'ConfigMap',
    'Namespace',
    'PersistentVolumeClaim',
    'PersistentVolume',
    'EndpointSlice',
    'Job',
    'Secret',
    'ServiceAccount',
  ]
  const objects = kinds
    .filter(kind => !alive.has(kind))
    .flatMap(kind => store.list<KubeObject>(kind))
  const vm = lab.host.faultControls.vm()
  const machines = lab.host.machines.map(({ state, startedAt, files, processes, kernel }) => ({
    state,
    startedAt,
    files: [...files],
    processes: [...processes.values()],
    modules: [...kernel.modules],
    sysctls: [...kernel.sysctls],
  }))
  return JSON.stringify(
    { objects, vm: { ...vm, forwards: [...vm.forwards], conflicts: [...vm.conflicts] }, machines },
    (key, value: unknown) => (beats.has(key) ? undefined : value),
  )
}

/** A lab that no test changes. */
const calm = newLab()

/** Words that mark commands with changes. */
const changing = new RegExp(
  String.raw`\b(restart|stop|start|kill|unpause|pause|update|modprobe|mv|rm|` +
    String.raw`port-forward|systemd-run|patch|delete)\b`,
)

const stores = ({ method, path }: { method: string; path: string }): boolean =>
  method !== 'GET' && path !== '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'

describe('on the wire and in the cluster', () => {
  test('a plan of any drill sends nothing that could change anything', async () => {
    const lab = newLab()
    const commands: string[] = []
    const runtime = runtimeOf(lab)
    const heard = {
      ...runtime,
      shell: {
        run: (argv: readonly string[], options: Parameters<typeof runtime.shell.run>[1]) => (
          commands.push(argv.join(' ')),
          runtime.shell.run(argv, options)
        ),
      },
    }
    const before = stateOf(lab)
    const sent = lab.api.log.length
    const plans: DrillPlan[] = []
    for (const drill of onJoelclaw) {
      const plan = await planDrill(drill, heard, policy, { faults, readOnly })
      expect([plan.refusals, plan.notApplicable]).toEqual([[], undefined])
      // Every fault was prepared and has a first step.
      expect(
        plan.faults.filter(
          ({ record, begins, manualUndo }) =>
            record === undefined || begins === undefined || manualUndo === undefined,
        ),
      ).toEqual([])
      plans.push(plan)
    }
    // If no dead-man's switch can end a fault, the plan says so with the reason.
    const endless = plans
      .flatMap(plan => plan.faults)
      .flatMap(({ fault, deadMan }) => ('why' in deadMan ? [[fault, deadMan.why] as const] : []))
    expect([...new Set(endless.map(([fault]) => fault))].toSorted()).toEqual([
      'exposure.dead-port-forward',
      'network.lose-subnet-env',
      'workload.delete-pods',
    ])
    const text = plans.map(planText).join('\n')
    expect(endless.filter(([, why]) => !text.includes(`nothing ends it: ${why}`))).toEqual([])
    expect(lab.api.log.slice(sent).filter(stores)).toEqual([])
    expect(lab.api.log.length - sent).toBeGreaterThan(50)
    expect(
      commands.filter(command => changing.test(command.replaceAll('restart-policy', ''))),
    ).toEqual([])
    expect(stateOf(lab)).toBe(before)
  })

  test.for([
    [
      'a patch of the API',
      (runtime: ReturnType<typeof readOnly>) =>
        runtime.shell.run(['kubectl', 'patch', 'node', 'a'], { deadline: 1 }),
      'kubectl patch node a',
    ],
    [
      'an unknown program',
      runtime => runtime.shell.run(['frobnicate'], { deadline: 1 }),
      'frobnicate',
    ],
    [
      'a command in the VM',
      runtime =>
        runtime.shell.run(['ssh', '-F', 'x', 'host', '--', 'sudo', 'modprobe', '-r', 'x'], {
          deadline: 1,
        }),
      'ssh -F x host -- sudo modprobe -r x',
    ],
    [
      'a shell that could do anything',
      runtime => runtime.shell.run(['sh', '-c', 'rm -rf /'], { deadline: 1 }),
      'sh -c rm -rf /',
    ],
    [
      'a line that looks, and writes',
      runtime =>
        runtime.shell.run(
          ['sh', '-c', 'for d in /proc/[0-9]*; do if read -r n; then echo x > /tmp/x; fi; done'],
          { deadline: 1 },
        ),
      'sh -c for d in /proc/[0-9]*; do if read -r n; then echo x > /tmp/x; fi; done',
    ],
    [
      'docker exec of something that acts',
      runtime =>
        runtime.shell.run(
          ['docker', '--host', 'unix:///x', 'exec', '-i', 'node', 'kill', '-STOP', '1'],
          { deadline: 1 },
        ),
      'docker --host unix:///x exec -i node kill -STOP 1',
    ],
    ['a file', runtime => runtime.files.write('~/x', 'y'), 'write ~/x'],
    [
      'bytes to a port',
      runtime =>
        runtime.net.tcp({ host: '127.0.0.1', port: 6379, send: 'FLUSHALL\r\n' }, { deadline: 1 }),
      'send to 127.0.0.1:6379: FLUSHALL',
    ],
  ] as const satisfies readonly (readonly [
    string,
    (runtime: ReturnType<typeof readOnly>) => Promise<unknown>,
    string,
  ])[])('%s is refused and reported', async ([, act, description]) => {
    const told: string[] = []
    await expect(
      act(readOnly(calm.runtime, policy, message => void told.push(message))),
    ).rejects.toThrow(WouldChange)
    expect(told).toEqual([description])
  })
})

describe('a plan', () => {
  test('names the impacts, the record, the undo and the dead-man’s switch', async () => {
    const {
      faults: [pause],
      podsLost,
    } = await planDrill(drillOf('node-container-paused'), runtimeOf(newLab()), policy, {
      faults,
      readOnly,
    })
    expect(pause).toEqual({
      as: 'fault',
      fault: 'node.pause-container',
      description: `docker pause ${nodeName}`,
      blast: 'node',
      impacts: [
        `container ${nodeName}`,
        expect.stringMatching(/^node joelclaw-controlplane-1 \(uid [0-9a-f-]{36}\)$/),
      ],
      record: { container: nodeName, wasPaused: false },
      unprepared: undefined,
      begins: `docker --host unix:///Users/joel/.colima/default/docker.sock pause ${nodeName}`,
      manualUndo: `docker unpause ${nodeName}`,
      deadMan: { description: `systemd in the VM: docker unpause ${nodeName}`, after: 870_000 },
    })
    expect(podsLost).toContain('joelclaw/redis-0')
  })

  test('of a drill with a stage shows both', async () => {
    const plan = await planDrill(drillOf('typesense-hangs'), runtimeOf(newLab()), policy, {
      faults,
      readOnly,
    })
    expect(
      plan.faults.map(({ as, begins }) => [
        as,
        begins
          ?.replace(/ \d+$/, ' PID')
          .replace(/^ssh .* -- /, 'ssh … ')
          .replace(/ \[.*$/, ' […'),
      ]),
    ).toEqual([
      ['stage', 'PATCH /apis/apps/v1/namespaces/joelclaw/statefulsets/typesense […'],
      ['fault', 'ssh … sudo kill -STOP PID'],
    ])
  })

  test('of a cluster that is not steady reports every refusal', async () => {
    const lab = newLab()
    lab.host.faultControls.removeFile('~/Library/LaunchAgents/com.joel.talon.plist')
    const plan = await planDrill(
      drillOf('node-container-paused'),
      runtimeOf(lab),
      { ...policy, limits: { ...policy.limits, allows: [] } },
      { faults, readOnly },
    )
    expect(plan.guards.filter(({ kind }) => kind === 'refuses').map(({ guard }) => guard)).toEqual([
      'steady-state',
      'replica-share',
      'last-replica',
      'last-control-plane',
      'last-volume-copy',
      'unbacked-claim',
    ])
    expect(planText(plan).trimEnd().split('\n').at(-1)).toBe(
      'It would be refused. Nothing was changed.',
    )
  })

  test('of a drill that does not apply gives the reason', async () => {
    const plan = await planDrill(
      drillOf('node-container-paused'),
      { ...runtimeOf(newLab()), lacks: { docker: 'there is no Docker here' } },
      policy,
      { faults, readOnly },
    )
    expect(planText(plan)).toBe(
      'node-container-paused: ' +
        'a frozen node container is detected although it is running, and resumes\n' +
        '  on lab: a simulated world: a rehearsal, no proof about a live cluster\n' +
        '  does not apply here: there is no Docker here\n',
    )
  })
})
