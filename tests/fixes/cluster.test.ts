// The plans of the fixes for nodes, pods, Services, workloads and the pod network.
import { describe, expect, test } from 'vitest'
import { docker, plan, policy, view } from '#tests/model/fixed.ts'
import { ago, known, nodeOf, podOf, seen } from '#tests/model/seen.ts'
import type { ContainerView } from '#helpers/docker/view.ts'
import { kernel } from '#helpers/colima/questions.ts'
import {
  daemonSets,
  deployments,
  events,
  nodes,
  pods,
  services,
  statefulSets,
} from '#src/kubernetes/questions/lists.ts'
import { portAnswer } from '#helpers/host/ports.ts'
import type { Event, NetAnswer, Answers, Service, WorkloadObject } from '#src/model/index.ts'
import { restartFlannel } from '#helpers/flannel/fixes.ts'
import { loadKernelModules } from '#helpers/colima/fixes.ts'
import { reassertContainer, startNodeContainer } from '#helpers/docker/fixes.ts'
import { removeControlPlaneTaint } from '#helpers/kubernetes/fixes/nodes.ts'
import { uncordon } from '#helpers/kubernetes/fixes/nodes.ts'
import { deleteUnknownPods } from '#helpers/kubernetes/fixes/pods.ts'
import { patchNodePort } from '#helpers/kubernetes/fixes/services.ts'
import { restartWorkload } from '#helpers/kubernetes/fixes/workloads.ts'

describe('nodes', () => {
  const taint = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }

  test('a cordon is removed from the policy’s nodes only', () => {
    expect(
      plan(
        uncordon,
        seen(
          known(nodes, [
            nodeOf('one', { unschedulable: true }),
            nodeOf('stranger', { unschedulable: true }),
          ]),
        ),
      ),
    ).toEqual(['kubectl uncordon one'])
    expect(plan(uncordon, seen(known(nodes, [nodeOf('one')])))).toEqual([])
  })

  test('only the control-plane taint is removed, and only if the policy says so', () => {
    const answers = seen(
      known(nodes, [
        nodeOf('one', { taints: [{ key: 'other', effect: 'NoSchedule' }, taint] }),
        nodeOf('stranger', { taints: [taint] }),
      ]),
    )
    expect(plan(removeControlPlaneTaint, answers)).toEqual([
      'kubectl taint nodes one node-role.kubernetes.io/control-plane:NoSchedule- (checked again ' +
        'after 5 s)',
    ])
    expect(
      plan(removeControlPlaneTaint, answers, {
        ...policy,
        taints: { controlPlane: 'tolerate', templatesTolerate: false, tolerated: [] },
      }),
    ).toEqual([])
    expect(
      plan(
        removeControlPlaneTaint,
        seen(known(nodes, [nodeOf('one', { taints: [{ key: 'other', effect: 'NoSchedule' }] })])),
      ),
    ).toEqual([])
  })

  const update =
    'docker update --restart unless-stopped --memory 1073741824 --memory-swap 1073741824 ' +
    'one-container'

  test('a node container with a wrong setting gets those of the policy', () => {
    expect(plan(reassertContainer, seen(known(docker, view())))).toEqual([])
    expect(plan(reassertContainer, seen(known(docker, view({ restartPolicy: 'no' }))))).toEqual([
      update,
    ])
    expect(plan(reassertContainer, seen(known(docker, view({ memory: 0 }))))).toEqual([update])
  })

  test('a node container that is down is started, and its settings are set again', () => {
    expect(
      plan(startNodeContainer, seen(known(docker, view({ running: false, status: 'exited' })))),
    ).toEqual(['docker start one-container', update])
    expect(plan(startNodeContainer, seen(known(docker, view())))).toEqual([])
  })

  test('a paused node container is unpaused, not restarted', () => {
    expect(
      plan(startNodeContainer, seen(known(docker, view({ paused: true, status: 'paused' })))),
    ).toEqual(['docker unpause one-container'])
  })
})

describe('pods', () => {
  test('in phase Unknown are deleted by force, in the policy’s namespaces only', () => {
    const unknown = { status: { phase: 'Unknown' } }
    expect(
      plan(
        deleteUnknownPods,
        seen(
          known(pods, [
            podOf('a', unknown),
            podOf('b'),
            podOf('c', { ...unknown, metadata: { namespace: 'theirs' } }),
          ]),
        ),
      ),
    ).toEqual(['kubectl delete pod a -n default --force --grace-period=0'])
  })
})

describe('NodePorts', () => {
  const service = (
    name: string,
    ports: NonNullable<Service['spec']['ports']>,
    type = 'NodePort',
  ): Service => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { type, ports },
  })
  const patched = (...given: readonly Service[]) =>
    plan(patchNodePort, seen(known(services, [...given])))

  test('that are as the table has them are left alone; so are Services that are not in it', () => {
    expect(
      patched(
        service('web', [{ port: 80, nodePort: 80 }]),
        service('stranger', [{ port: 1, nodePort: 31_000 }]),
      ),
    ).toEqual([])
  })

  test('are set back at the entry that they belong to', () => {
    expect(
      patched(
        service('web', [
          { port: 443, nodePort: 443 },
          { port: 80, nodePort: 31_234 },
        ]),
      ),
    ).toEqual([
      'kubectl patch svc web -n default --type=json -p \'[{"op":"replace",' +
        '"path":"/spec/ports/1/nodePort","value":80}]\'',
    ])
  })

  test('of a Service that became a ClusterIP come with its type, in one patch', () => {
    expect(patched(service('web', [{ port: 80 }], 'ClusterIP'))).toEqual([
      'kubectl patch svc web -n default --type=json -p \'[{"op":"replace","path":"/spec/type",' +
        '"value":"NodePort"},{"op":"add","path":"/spec/ports/0/nodePort","value":80}]\'',
    ])
  })

  test('for which the Service has no entry are left alone', () => {
    expect(patched(service('web', []))).toEqual([])
  })
})

describe('a workload that hangs', () => {
  const web: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, nodePort: 80 }] },
  }
  const deployment: WorkloadObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'web' } }, template: { spec: { containers: [] } } },
  }
  const silence: NetAnswer = { kind: 'silent', why: 'connected, no answer', tookMs: 5000 }
  const fine: NetAnswer = { kind: 'answered', status: 200, body: '', tookMs: 5 }
  const [webPort, dbPort] = [portAnswer(policy.ports[0]!), portAnswer(policy.ports[1]!)]

  interface Evaluation {
    pod?: ReturnType<typeof podOf>
    service?: Service
    container?: ContainerView
    web?: NetAnswer
    db?: NetAnswer
  }
  /** A snapshot in which web does not answer and db does, with parts replaced. */
  const evaluate = ({
    pod = podOf('web'),
    service = web,
    container: mapped = view(),
    web: atWeb = silence,
    db = fine,
  }: Evaluation = {}): Answers =>
    seen(
      known(services, [service]),
      known(pods, [pod]),
      known(deployments, [deployment]),
      known(statefulSets, []),
      known(daemonSets, []),
      known(docker, mapped),
      known(webPort, atWeb),
      known(dbPort, db),
    )

  test('gets new pods: its controller starts it again', () => {
    expect(plan(restartWorkload, evaluate())).toEqual([
      'kubectl delete pod web -n default (web does not answer)',
    ])
  })

  const running = (age: number) => ({
    containerStatuses: [
      { name: 'main', ready: true, restartCount: 0, state: { running: { startedAt: ago(age) } } },
    ],
  })
  test.for<[description: string, answers: Answers]>([
    ['while it answers', evaluate({ web: fine })],
    [
      'while it may still be warming up',
      evaluate({ pod: podOf('web', { status: running(59_000) }) }),
    ],
    [
      'that is being taken away already',
      evaluate({ pod: podOf('web', { metadata: { deletionTimestamp: ago(1_000) } }) }),
    ],
    [
      'that crashes: its kubelet is at it',
      evaluate({
        pod: podOf('web', {
          status: {
            containerStatuses: [
              {
                name: 'main',
                ready: false,
                restartCount: 3,
                state: { waiting: { reason: 'CrashLoopBackOff' } },
              },
            ],
          },
        }),
      }),
    ],
    [
      'whose NodePort leads elsewhere',
      evaluate({
        service: { ...web, spec: { ...web.spec, ports: [{ port: 80, nodePort: 31_234 }] } },
      }),
    ],
    ['whose port is not mapped', evaluate({ container: view({ bindings: [] }) })],
    ['when no port answers at all: the path is at fault', evaluate({ db: silence })],
    ['without a pod behind its Service', evaluate({ pod: podOf('other') })],
  ])('is left alone %s', ([, answers]) => {
    expect(plan(restartWorkload, answers)).toEqual([])
  })
})

describe('the pod network', () => {
  test('gets missing modules and wrong settings, each by its own command', () => {
    expect(
      plan(
        loadKernelModules,
        seen(
          known(kernel(policy), { modules: ['vxlan'], sysctls: { 'net.ipv4.ip_forward': '0' } }),
        ),
      ),
    ).toEqual([
      'ssh into the VM: sudo modprobe br_netfilter',
      'ssh into the VM: sudo sysctl -w net.ipv4.ip_forward=1',
    ])
    expect(
      plan(
        loadKernelModules,
        seen(
          known(kernel(policy), {
            modules: ['vxlan', 'br_netfilter'],
            sysctls: { 'net.ipv4.ip_forward': '1' },
          }),
        ),
      ),
    ).toEqual([])
  })

  const set: WorkloadObject = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'flannel', namespace: 'kube-system' },
    spec: { selector: { matchLabels: { app: 'flannel' } }, template: { spec: { containers: [] } } },
  }
  const flannel = (change: Parameters<typeof podOf>[1] = {}) =>
    podOf('flannel', { ...change, metadata: { namespace: 'kube-system', ...change.metadata } })
  const waiting = podOf('web', {
    status: {
      phase: 'Pending',
      conditions: [{ type: 'PodReadyToStartContainers', status: 'False' }],
    },
  })
  const error = (age: number): Event => ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'web.1', namespace: 'default' },
    reason: 'FailedCreatePodSandBox',
    lastTimestamp: ago(age),
    involvedObject: { kind: 'Pod', name: 'web', namespace: 'default' },
    message:
      'plugin type="flannel" failed (add): loadFlannelSubnetEnv failed: ' +
      'open /run/flannel/subnet.env: no such file or directory',
  })
  const restart = (pod: ReturnType<typeof flannel>, ...errors: readonly Event[]) =>
    plan(
      restartFlannel,
      seen(
        known(pods, [pod, waiting]),
        known(events, [...errors]),
        known(daemonSets, [set]),
        known(deployments, []),
        known(statefulSets, []),
      ),
    )
  const deletion = (why: string): readonly string[] => [
    `kubectl delete pod flannel -n kube-system --force --grace-period=0 (${why})`,
  ]

  test('flannel that runs and has lost its file is restarted', () => {
    expect(restart(flannel(), error(10_000))).toEqual(
      deletion('sandboxes fail for want of subnet.env'),
    )
  })

  test('once for each cause: errors from before it can have its file do not count', () => {
    const young = {
      status: {
        containerStatuses: [
          {
            name: 'main',
            ready: true,
            restartCount: 1,
            state: { running: { startedAt: ago(20_000) } },
          },
        ],
      },
    }
    expect(restart(flannel(young), error(25_000))).toEqual([])
    expect(restart(flannel(young), error(18_000))).toEqual([])
    expect(restart(flannel(young), error(2_000))).toEqual(
      deletion('sandboxes fail for want of subnet.env'),
    )
  })

  test('flannel that crash-loops is restarted, one that is terminating is not', () => {
    const crashing = {
      containerStatuses: [
        {
          name: 'main',
          ready: false,
          restartCount: 5,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
        },
      ],
    }
    expect(restart(flannel({ status: crashing }))).toEqual(deletion('CrashLoopBackOff'))
    expect(
      restart(flannel({ status: crashing, metadata: { deletionTimestamp: ago(1_000) } })),
    ).toEqual([])
    expect(restart(flannel())).toEqual([])
  })

  test('a flannel that is built into the node is not restarted', () => {
    const builtIn = {
      ...policy,
      network: { ...policy.network, flannel: { as: 'built-in' as const } },
    }
    expect(
      plan(
        restartFlannel,
        seen(known(pods, [flannel()]), known(events, [error(1_000)]), known(daemonSets, [set])),
        builtIn,
      ),
    ).toEqual([])
  })
})
