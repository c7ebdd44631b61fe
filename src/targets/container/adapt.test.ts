// The sandbox's policy, made to be about one node.
import { describe, expect, test } from 'vitest'
import { parsePolicy } from '#helpers/policy.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { holdfast } from '#tests/project/process.ts'
import { adapted, type Found } from './adapt.ts'

const policy = await loadPolicy('sandbox')
const found: Found = {
  container: 'holdfast-sandbox-1',
  kubeconfig: '/tmp/k',
  ports: new Map([
    [30379, 41],
    [30080, 42],
    [30081, 43],
    [30082, 44],
  ]),
  uid: '11111111-2222-4333-8444-555555555555',
  flannel: { namespace: 'kube-system', name: 'kube-flannel' },
  kubelet: 'kubelet',
  ledger: '/tmp/ledger.json',
  platform: [
    { kind: 'DaemonSet', namespace: 'kube-system', name: 'kube-flannel', replicas: 1 },
    { kind: 'Deployment', namespace: 'storage', name: 'local-path-provisioner', replicas: 1 },
  ],
}

describe('a policy about a node that was started', () => {
  const made = adapted(policy, found)

  test('holds its names and its host ports', () => {
    expect(made.nodes.map(node => node.container?.name)).toEqual(['holdfast-sandbox-1'])
    expect(made.ports.map(({ name, host, nodePort }) => [name, host, nodePort])).toEqual([
      ['redis', 41, 30379],
      ['search', 42, 30080],
      ['feed', 43, 30081],
      ['site', 44, 30082],
    ])
    expect([
      made.identity.kubeconfig,
      made.identity.kubeSystemUid,
      made.drillTargets.kubelet,
      made.drillTargets.writing?.ledger,
    ]).toEqual(['/tmp/k', found.uid, { word: 'kubelet' }, '/tmp/ledger.json'])
  })

  test('names what the node brings with it, without asking its owners for probes', () => {
    expect(made.network.flannel).toEqual({
      as: 'daemonset',
      namespace: 'kube-system',
      name: 'kube-flannel',
      subnetEnv: '/run/flannel/subnet.env',
    })
    expect(
      made.workloads
        .slice(policy.workloads.length)
        .map(({ name, probes, critical }) => [name, probes, critical]),
    ).toEqual([
      ['kube-flannel', false, false],
      ['local-path-provisioner', false, false],
    ])
    expect(made.namespaces).toEqual(['sandbox', 'kube-system', 'storage'])
  })

  test('survives being written and read: specs get it as a file', () => {
    expect(parsePolicy(JSON.parse(JSON.stringify(made)), 'policy.json')).toEqual(made)
  })

  test('does without what a node has not', () => {
    const without = adapted(policy, {
      ...found,
      flannel: undefined,
      kubelet: undefined,
      uid: undefined,
      platform: [],
    })
    expect([
      without.network.flannel,
      without.drillTargets.kubelet,
      without.identity.kubeSystemUid,
    ]).toEqual([{ as: 'built-in' }, undefined, undefined])
  })

  test('a port that the node does not publish is an error that says what to do', () => {
    expect(() => adapted(policy, { ...found, ports: new Map() })).toThrow(
      'holdfast-sandbox-1 does not publish 30379/tcp, which sandbox maps. ' +
        'Another version of holdfast may have started it. ' +
        'Remove it: docker rm -f -v holdfast-sandbox-1',
    )
  })
})

describe('without Docker', () => {
  test('one clear line, exit 64', async () => {
    // Where docker itself is not installed it says that; where it is, that nobody answers there.
    const { code, stdout, stderr } = await holdfast(['check', '--target', 'container'], {
      env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' },
    })
    expect([code, stdout]).toEqual([64, ''])
    expect(stderr).toMatch(
      new RegExp(
        '^holdfast: looking at sandbox \\(container\\)\n' +
          'holdfast: --target container needs Docker: .+[^.?!][.?!] (Start|Install) Docker, ' +
          'or use --target lab\\.\n$',
      ),
    )
  })

  test('a policy about something else is refused before anything is started', async () => {
    const { code, stderr } = await holdfast(
      ['check', '--target', 'container', '--cluster', 'joelclaw'],
      { env: { PATH: '/nowhere' } },
    )
    expect([code, stderr.split('\n').at(-2)]).toEqual([
      64,
      'holdfast: The policy of “joelclaw” is about a Mac with Colima: ' +
        'one node in a container cannot stand for it. ' +
        'Use --cluster sandbox (the default of --target container), or --target lab.',
    ])
  })
})
