// What each fix would do about what it sees, and that it does nothing where it sees too little, or harm without use.
import { describe, expect, test } from 'vitest'
import { policyWith, smallest } from '../../tests/model/policy.ts'
import { ago, known, nodeOf, now, podOf, seen, silent } from '../../tests/model/seen.ts'
import type { ContainerView } from '../adapters/docker.ts'
import { access, identity, talosInfo, type Access } from '../probes/access.ts'
import { colimaSays, dockerSocket, forwards, kernel, nodeContainer, vmSsh, type Works } from '../probes/host.ts'
import { daemonSets, deployments, events, nodes, pods, services, statefulSets } from '../probes/kubernetes.ts'
import { portAnswer } from '../probes/ports.ts'
import { seeing, type Event, type Fix, type NetAnswer, type Policy, type See, type Service, type WorkloadObject } from '../words/index.ts'
import { regenerateKubeconfig, repointTalosconfig } from './access.ts'
import { cycleColima } from './colima.ts'
import { endDeadPortForward } from './exposure.ts'
import { loadKernelModules, restartFlannel } from './network.ts'
import { reassertContainer, removeControlPlaneTaint, startNodeContainer, uncordon } from './nodes.ts'
import { deleteUnknownPods } from './pods.ts'
import { patchNodePort } from './services.ts'
import { restartWorkload } from './workloads.ts'

const container = { name: 'one-container', restartPolicy: 'unless-stopped', memory: '1 GiB', cpus: 1 } as const
const port = (name: string, number: number) => ({ name, namespace: 'default', service: name, host: number, container: number, nodePort: number, answers: { by: 'http', path: '/' } }) as const

const policy = policyWith({
  identity: { contexts: ['admin@small-1'] },
  nodes: [{ name: 'one', role: 'control-plane', container }],
  taints: { controlPlane: 'remove' },
  network: { flannel: { as: 'daemonset', namespace: 'kube-system', name: 'flannel' }, kernelModules: ['br_netfilter', 'vxlan'], sysctls: { 'net.ipv4.ip_forward': '1' } },
  workloads: [{ namespace: 'default', kind: 'Deployment', name: 'web', replicas: 1, warmUp: '60 s' }],
  ports: [port('web', 80), port('db', 90)],
  endpoints: { api: { container: 6443 }, talos: { container: 50_000 } },
  host: { kind: 'colima', profile: 'default', requiredPath: '/opt/homebrew/bin' },
})

/** What a fix would do, as a person would type it. */
const plan = (fix: Fix, see: See, given: Policy = policy): readonly string[] => fix.plan(see, given).map(({ says }) => says)

const view = (change: Partial<ContainerView> = {}): ContainerView => ({
  id: 'x', name: container.name, running: true, status: 'running', paused: false, startedAt: now - 3_600_000, pid: 1, exitCode: 0, restartPolicy: 'unless-stopped', memory: 2 ** 30, memorySwap: 2 ** 30, cpus: 1, declared: [],
  bindings: [80, 90].map(number => ({ container: number, protocol: 'tcp', hostIp: '0.0.0.0', host: number })).concat([6443, 50_000].map(number => ({ container: number, protocol: 'tcp', hostIp: '0.0.0.0', host: 32_000 + number % 1000 }))), ...change,
})
const docker = nodeContainer(container.name)

describe('what cannot be seen', () => {
  const blind = seeing({ version: 1, cluster: 'small', target: { kind: 'lab', says: '' }, startedAt: now, endedAt: now, answers: {} })
  const all = [uncordon, removeControlPlaneTaint, reassertContainer, startNodeContainer, deleteUnknownPods, patchNodePort, restartWorkload, loadKernelModules, restartFlannel, endDeadPortForward, cycleColima, repointTalosconfig, regenerateKubeconfig]
  test.for(all.map(fix => [fix.name, fix] as const))('calls for nothing: %s', ([, fix]) => {
    let acts: readonly string[] = []
    try {
      acts = plan(fix, blind)
    } catch (error) {
      expect(error).toMatchObject({ kind: 'unknown' })
    }
    expect(acts).toEqual([])
  })

  test.for(all.map(fix => [fix.name, fix] as const))('has its own questions asked: %s', ([, fix]) => {
    expect(fix.observe(policy).length).toBeGreaterThan(0)
    // Where a cluster has no host of ours, nothing of a host is asked.
    const bare = policyWith({ ...smallest, ports: [] })
    expect(fix.observe(bare).some(({ needs }) => needs.includes('colima') || needs.includes('vm-ssh'))).toBe(false)
  })
})

describe('nodes', () => {
  const taint = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }

  test('a cordon is taken off our nodes, not off strangers', () => {
    expect(plan(uncordon, seen(known(nodes, [nodeOf('one', { unschedulable: true }), nodeOf('stranger', { unschedulable: true })])))).toEqual(['kubectl uncordon one'])
    expect(plan(uncordon, seen(known(nodes, [nodeOf('one')])))).toEqual([])
  })

  test('the control-plane taint is taken off where the policy wants that, and no other', () => {
    const see = seen(known(nodes, [nodeOf('one', { taints: [{ key: 'other', effect: 'NoSchedule' }, taint] }), nodeOf('stranger', { taints: [taint] })]))
    expect(plan(removeControlPlaneTaint, see)).toEqual(['kubectl taint nodes one node-role.kubernetes.io/control-plane:NoSchedule- (looked at again after 5 s)'])
    expect(plan(removeControlPlaneTaint, see, { ...policy, taints: { controlPlane: 'tolerate', tolerated: [] } })).toEqual([])
    expect(plan(removeControlPlaneTaint, seen(known(nodes, [nodeOf('one', { taints: [{ key: 'other', effect: 'NoSchedule' }] })])))).toEqual([])
  })

  const update = 'docker update --restart unless-stopped --memory 1073741824 --memory-swap 1073741824 one-container'

  test('settings of a node container are set again where one of them is not as the policy has it', () => {
    expect(plan(reassertContainer, seen(known(docker, view())))).toEqual([])
    expect(plan(reassertContainer, seen(known(docker, view({ restartPolicy: 'no' }))))).toEqual([update])
    expect(plan(reassertContainer, seen(known(docker, view({ memory: 0 }))))).toEqual([update])
  })

  test('a node container that is down is started, and its settings are set again', () => {
    expect(plan(startNodeContainer, seen(known(docker, view({ running: false, status: 'exited' }))))).toEqual(['docker start one-container', update])
    expect(plan(startNodeContainer, seen(known(docker, view())))).toEqual([])
  })
})

describe('pods', () => {
  test('in phase Unknown are deleted by force, in our namespaces only', () => {
    const unknown = { status: { phase: 'Unknown' } }
    expect(plan(deleteUnknownPods, seen(known(pods, [podOf('a', unknown), podOf('b'), podOf('c', { ...unknown, metadata: { namespace: 'theirs' } })]))))
      .toEqual(['kubectl delete pod a -n default --force --grace-period=0'])
  })
})

describe('NodePorts', () => {
  const service = (name: string, ports: NonNullable<Service['spec']['ports']>, type = 'NodePort'): Service => ({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' }, spec: { type, ports } })
  const patched = (...given: readonly Service[]) => plan(patchNodePort, seen(known(services, [...given])))

  test('that are as the table has them are left alone; so are Services that are not in it', () => {
    expect(patched(service('web', [{ port: 80, nodePort: 80 }]), service('stranger', [{ port: 1, nodePort: 31_000 }]))).toEqual([])
  })

  test('are set back at the entry that they belong to', () => {
    expect(patched(service('web', [{ port: 443, nodePort: 443 }, { port: 80, nodePort: 31_234 }])))
      .toEqual([`kubectl patch svc web -n default --type=json -p '[{"op":"replace","path":"/spec/ports/1/nodePort","value":80}]'`])
  })

  test('of a Service that became a ClusterIP come with its type, in one patch', () => {
    expect(patched(service('web', [{ port: 80 }], 'ClusterIP')))
      .toEqual([`kubectl patch svc web -n default --type=json -p '[{"op":"replace","path":"/spec/type","value":"NodePort"},{"op":"add","path":"/spec/ports/0/nodePort","value":80}]'`])
  })

  test('for which the Service has no entry are nobody’s', () => {
    expect(patched(service('web', []))).toEqual([])
  })
})

describe('a workload that hangs', () => {
  const web: Service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' }, spec: { selector: { app: 'web' }, ports: [{ port: 80, nodePort: 80 }] } }
  const deployment: WorkloadObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' }, spec: { selector: { matchLabels: { app: 'web' } }, template: { spec: { containers: [] } } } }
  const silence: NetAnswer = { kind: 'silent', why: 'connected, no answer', tookMs: 5000 }
  const fine: NetAnswer = { kind: 'answered', status: 200, body: '', tookMs: 5 }
  const [webPort, dbPort] = [portAnswer(policy.ports[0]!), portAnswer(policy.ports[1]!)]

  /** A look in which web does not answer and db does, with parts replaced. */
  const look = ({ pod = podOf('web'), service = web, container: mapped = view(), web: atWeb = silence, db = fine }: { pod?: ReturnType<typeof podOf>; service?: Service; container?: ContainerView; web?: NetAnswer; db?: NetAnswer | undefined } = {}): See =>
    seen(known(services, [service]), known(pods, [pod]), known(deployments, [deployment]), known(statefulSets, []), known(daemonSets, []), known(docker, mapped), known(webPort, atWeb), known(dbPort, db))

  test('gets new pods: its controller starts it again', () => {
    expect(plan(restartWorkload, look())).toEqual(['kubectl delete pod web -n default (web does not answer)'])
  })

  const running = (age: number) => ({ containerStatuses: [{ name: 'main', ready: true, restartCount: 0, state: { running: { startedAt: ago(age) } } }] })
  test.for<[says: string, see: See]>([
    ['while it answers', look({ web: fine })],
    ['while it may still be warming up', look({ pod: podOf('web', { status: running(59_000) }) })],
    ['that is being taken away already', look({ pod: podOf('web', { metadata: { deletionTimestamp: ago(1_000) } }) })],
    ['that crashes: its kubelet is at it', look({ pod: podOf('web', { status: { containerStatuses: [{ name: 'main', ready: false, restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } } }] } }) })],
    ['whose NodePort leads elsewhere', look({ service: { ...web, spec: { ...web.spec, ports: [{ port: 80, nodePort: 31_234 }] } } })],
    ['whose port is not mapped', look({ container: view({ bindings: [] }) })],
    ['when no port answers at all: the path is at fault', look({ db: silence })],
    ['without a pod behind its Service', look({ pod: podOf('other') })],
  ])('is left alone %s', ([, see]) => {
    expect(plan(restartWorkload, see)).toEqual([])
  })
})

describe('the pod network', () => {
  test('gets missing modules and wrong settings, each by its own command', () => {
    expect(plan(loadKernelModules, seen(known(kernel(policy), { modules: ['vxlan'], sysctls: { 'net.ipv4.ip_forward': '0' } }))))
      .toEqual(['ssh into the VM: sudo modprobe br_netfilter', 'ssh into the VM: sudo sysctl -w net.ipv4.ip_forward=1'])
    expect(plan(loadKernelModules, seen(known(kernel(policy), { modules: ['vxlan', 'br_netfilter'], sysctls: { 'net.ipv4.ip_forward': '1' } })))).toEqual([])
  })

  const set: WorkloadObject = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'flannel', namespace: 'kube-system' }, spec: { selector: { matchLabels: { app: 'flannel' } }, template: { spec: { containers: [] } } } }
  const flannel = (change: Parameters<typeof podOf>[1] = {}) => podOf('flannel', { ...change, metadata: { namespace: 'kube-system', ...change.metadata } })
  const waiting = podOf('web', { status: { phase: 'Pending', conditions: [{ type: 'PodReadyToStartContainers', status: 'False' }] } })
  const error = (age: number): Event => ({
    apiVersion: 'v1', kind: 'Event', metadata: { name: 'web.1', namespace: 'default' }, reason: 'FailedCreatePodSandBox', lastTimestamp: ago(age), involvedObject: { kind: 'Pod', name: 'web', namespace: 'default' },
    message: 'plugin type="flannel" failed (add): loadFlannelSubnetEnv failed: open /run/flannel/subnet.env: no such file or directory',
  })
  const restart = (pod: ReturnType<typeof flannel>, ...errors: readonly Event[]) =>
    plan(restartFlannel, seen(known(pods, [pod, waiting]), known(events, [...errors]), known(daemonSets, [set]), known(deployments, []), known(statefulSets, [])))
  const deletion = (why: string): readonly string[] => [`kubectl delete pod flannel -n kube-system --force --grace-period=0 (${why})`]

  test('flannel that runs and has lost its file is restarted', () => {
    expect(restart(flannel(), error(10_000))).toEqual(deletion('sandboxes fail for want of subnet.env'))
  })

  test('once for each cause: errors older than its start are history', () => {
    const young = { status: { containerStatuses: [{ name: 'main', ready: true, restartCount: 1, state: { running: { startedAt: ago(5_000) } } }] } }
    expect(restart(flannel(young), error(10_000))).toEqual([])
    expect(restart(flannel(young), error(2_000))).toEqual(deletion('sandboxes fail for want of subnet.env'))
  })

  test('flannel that crash-loops is restarted, one that is going already is not', () => {
    const crashing = { containerStatuses: [{ name: 'main', ready: false, restartCount: 5, state: { waiting: { reason: 'CrashLoopBackOff' } } }] }
    expect(restart(flannel({ status: crashing }))).toEqual(deletion('CrashLoopBackOff'))
    expect(restart(flannel({ status: crashing, metadata: { deletionTimestamp: ago(1_000) } }))).toEqual([])
    expect(restart(flannel())).toEqual([])
  })

  test('a flannel that is built into the node is not ours to restart', () => {
    const builtIn = { ...policy, network: { ...policy.network, flannel: { as: 'built-in' as const } } }
    expect(plan(restartFlannel, seen(known(pods, [flannel()]), known(events, [error(1_000)]), known(daemonSets, [set])), builtIn)).toEqual([])
  })
})

describe('a port-forward', () => {
  const forward = (pid: number, answers: boolean) => ({ pid, ppid: 1, user: 'joel', args: `kubectl port-forward svc/redis ${pid}:6379`, local: pid, answers })
  test('that no longer answers is ended, by its pid; one that works is somebody’s', () => {
    expect(plan(endDeadPortForward, seen(known(forwards, [forward(901, true), forward(902, false)])))).toEqual(['kill -KILL 902 (kubectl port-forward svc/redis 902:6379)'])
  })
})

describe('Colima', () => {
  const dead: Works = { works: false, why: 'no answer' }
  const alive: Works = { works: true }
  const says = { running: { kind: 'running', runtime: 'docker', socket: '' }, gone: { kind: 'not-running', says: '' }, hangs: { kind: 'hangs' } } as const
  const silence: NetAnswer = { kind: 'silent', why: '', tookMs: 0 }
  const fine: NetAnswer = { kind: 'answered', status: 200, body: '', tookMs: 0 }
  const look = (word: keyof typeof says, socket: Works, ssh: Works, web: NetAnswer = silence): See =>
    seen(known(colimaSays(policy), says[word]), known(dockerSocket, socket), known(vmSsh(policy), ssh), known(portAnswer(policy.ports[0]!), web))

  test('that is dead whatever it says is stopped by force and started', () => {
    const cycle = ['colima stop --force', 'colima start']
    expect([plan(cycleColima, look('running', dead, dead)), plan(cycleColima, look('hangs', dead, dead))]).toEqual([cycle, cycle])
  })

  test('that says itself that it does not run is only started', () => {
    expect(plan(cycleColima, look('gone', dead, dead))).toEqual(['colima start'])
  })

  test.for<[says: string, see: See]>([
    ['its Docker answers', look('running', alive, dead)], ['ssh gets in', look('running', dead, alive)], ['one application answers', look('gone', dead, dead, fine)],
  ])('is never cycled while one way in is alive: %s', ([, see]) => {
    expect(plan(cycleColima, see)).toEqual([])
  })

  test('that could not be asked by one of the ways is not judged by the others', () => {
    expect(() => plan(cycleColima, seen(known(colimaSays(policy), says.hangs), known(dockerSocket, dead), silent(vmSsh(policy))))).toThrow('could not ask: no answer')
  })
})

describe('the ways in', () => {
  const api = 32_443
  const talos = 32_000
  const file = (server: string, change: Partial<Access> = {}): Access => ({ contexts: [], current: 'admin@small-1', chosen: { name: 'admin@small-1', server, insecure: false }, ...change })
  const info = (endpoint: string) => known(talosInfo(policy), { context: 'small', nodes: [], endpoints: [endpoint], roles: [] })
  const verified = known(identity, { context: '', server: '', uid: '' })
  const good = [known(docker, view()), info(`127.0.0.1:${talos}`), verified] as const

  const write = 'talosctl kubeconfig --force --force-context-name admin@small-1 ~/.kube/config'
  const use = 'kubectl config use-context admin@small-1'

  test('that lead to where the cluster is are left alone', () => {
    expect(plan(regenerateKubeconfig, seen(...good, known(access, file(`https://127.0.0.1:${api}`))))).toEqual([])
    expect(plan(repointTalosconfig, seen(...good))).toEqual([])
  })

  test('talosconfig: pointed to where Talos is mapped now', () => {
    expect(plan(repointTalosconfig, seen(known(docker, view()), info('127.0.0.1:40000')))).toEqual([`talosctl config endpoint 127.0.0.1:${talos}`])
  })

  test.for<[says: string, access: Access]>([
    ['with the port of yesterday', file('https://127.0.0.1:40000')],
    ['that does not verify', file(`https://127.0.0.1:${api}`, { chosen: { name: 'admin@small-1', server: `https://127.0.0.1:${api}`, insecure: true } })],
    ['without the context', file('', { chosen: undefined })],
  ])('kubeconfig %s: written anew', ([, seenFile]) => {
    expect(plan(regenerateKubeconfig, seen(...good, known(access, seenFile)))).toEqual([write, use])
  })

  test('kubeconfig with the CA of another cluster: written anew', () => {
    const untrusted = [identity.key, { kind: 'unknown' as const, why: 'SELF_SIGNED_CERT_IN_CHAIN: its certificate is signed by nobody', says: '', origin: '', at: now, tookMs: 0 }] as const
    expect(plan(regenerateKubeconfig, seen(good[0], good[1], untrusted, known(access, file(`https://127.0.0.1:${api}`))))).toEqual([write, use])
  })

  test('kubeconfig with another context chosen: only chosen again', () => {
    expect(plan(regenerateKubeconfig, seen(...good, known(access, file(`https://127.0.0.1:${api}`, { current: 'admin@other' }))))).toEqual([use])
  })

  test('both stale: Talos first, because it writes the kubeconfig', () => {
    expect(plan(regenerateKubeconfig, seen(known(docker, view()), info('127.0.0.1:40000'), known(access, file('https://127.0.0.1:40001'))))).toEqual([`talosctl config endpoint 127.0.0.1:${talos}`, write, use])
  })

  test('nothing while the node is down: nobody knows where it will be', () => {
    const down = known(docker, view({ running: false, bindings: [] }))
    expect(plan(regenerateKubeconfig, seen(down, info('127.0.0.1:40000'), known(access, file('https://127.0.0.1:40001'))))).toEqual([])
    expect(plan(repointTalosconfig, seen(down, info('127.0.0.1:40000')))).toEqual([])
  })
})
