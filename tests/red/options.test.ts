// Policies that omit a section or choose another option: an invariant without subjects reports
// that, and no other verdict changes.
import { expect, test } from 'vitest'
import { resources } from '#src/kubernetes/client.ts'
import type { Policy } from '#src/model/index.ts'
import { changed, otherwise, strangers } from './otherwise.ts'
import { boot, difference, findingsIn, joelclaw, node } from './world.ts'

const redis = 'critical-data-survive · joelclaw/data-redis-0'
const withBackup = (backup: Policy['storage']['claims'][number]['backup']): Policy =>
  changed({
    storage: {
      ...joelclaw.storage,
      claims: joelclaw.storage.claims.map(claim =>
        claim.name === 'data-redis-0' ? { ...claim, backup } : claim,
      ),
    },
  })

test('flannel built into the node: its invariants do not apply', async () => {
  const { kinds } = await otherwise(
    changed({ network: { ...joelclaw.network, flannel: { as: 'built-in' } } }),
  )
  expect(kinds).toEqual({
    'flannel-serves-every-node · joelclaw': 'not-applicable',
    [`flannel-has-its-subnet · node ${node}`]: 'not-applicable',
  })
})

test('no Talos', async () => {
  const { kinds } = await otherwise(changed({ endpoints: { api: joelclaw.endpoints.api } }))
  // Then nobody has listed its port in the policy.
  expect(kinds).toEqual({
    'talosconfig-points-to-talos · joelclaw': 'not-applicable',
    'api-bindings-are-as-declared · Talos 50000': 'gone',
    [strangers]: 'violated',
  })
})

test('no Colima', async () => {
  const { host: _host, ...rest } = joelclaw
  const { kinds } = await otherwise(rest)
  expect(kinds).toMatchInlineSnapshot(`
    {
      "colima-tells-the-truth · Colima default": "gone",
      "colima-tells-the-truth · joelclaw": "not-applicable",
      "kernel-is-prepared · joelclaw": "not-applicable",
      "kernel-is-prepared · module br_netfilter": "gone",
      "kernel-is-prepared · sysctl net.bridge.bridge-nf-call-ip6tables": "gone",
      "kernel-is-prepared · sysctl net.bridge.bridge-nf-call-iptables": "gone",
      "launchd-jobs-find-their-tools · job com.joel.colima": "gone",
      "launchd-jobs-find-their-tools · job com.joel.k8s-reboot-heal": "gone",
      "launchd-jobs-find-their-tools · job com.joel.talon": "gone",
      "launchd-jobs-find-their-tools · joelclaw": "not-applicable",
      "launchd-jobs-run · job com.joel.colima": "gone",
      "launchd-jobs-run · job com.joel.k8s-reboot-heal": "gone",
      "launchd-jobs-run · job com.joel.talon": "gone",
      "launchd-jobs-run · joelclaw": "not-applicable",
      "vm-disks-have-room · disk /": "unknown",
      "vm-disks-have-room · disk /var/lib/docker": "unknown",
    }
  `)
})

test('a node that is not a container', async () => {
  const { kinds } = await otherwise(changed({ nodes: [{ name: node, role: 'control-plane' }] }))
  expect(kinds).toMatchInlineSnapshot(`
    {
      "api-bindings-are-as-declared · API 6443": "not-applicable",
      "api-bindings-are-as-declared · Talos 50000": "not-applicable",
      "kubeconfig-points-to-the-api · joelclaw": "not-applicable",
      "node-containers-keep-their-settings · container joelclaw-controlplane-1": "gone",
      "node-containers-keep-their-settings · joelclaw": "not-applicable",
      "node-containers-run · joelclaw": "not-applicable",
      "node-containers-run · node joelclaw-controlplane-1": "gone",
      "port-table-agrees · aistor-console (31001)": "not-applicable",
      "port-table-agrees · aistor-s3 (31000)": "not-applicable",
      "port-table-agrees · inngest (8288)": "not-applicable",
      "port-table-agrees · inngest-ws (8289)": "not-applicable",
      "port-table-agrees · livekit (7880)": "not-applicable",
      "port-table-agrees · livekit-rtc (7881)": "not-applicable",
      "port-table-agrees · pds (9627)": "not-applicable",
      "port-table-agrees · redis (6379)": "not-applicable",
      "port-table-agrees · system-bus-worker (3111)": "not-applicable",
      "port-table-agrees · typesense (8108)": "not-applicable",
      "talosconfig-points-to-talos · joelclaw": "not-applicable",
    }
  `)
})

test('a workload that is scaled to zero on purpose', async () => {
  const world = boot({
    policy: changed({
      workloads: joelclaw.workloads.map(each =>
        each.name === 'dkron' ? { ...each, replicas: 0 } : each,
      ),
    }),
  })
  const name = 'workloads-have-their-replicas · joelclaw/dkron'
  expect(
    findingsIn(world, (await world.evaluate()).get(name)).map(({ code, seen }) => [code, seen]),
  ).toEqual([['wrong-replicas', 'it is set to 1']])
  await (
    await world.kube()
  ).patch(resources.statefulsets, 'dkron', 'joelclaw', 'merge', { spec: { replicas: 0 } })
  await world.runtime.clock.sleep(30_000)
  expect((await world.evaluate()).get(name)).toEqual({ kind: 'holds' })
})

test('a volume that is retained needs no backup', async () => {
  const world = boot({ policy: withBackup({ by: 'retain' }) })
  const api = await world.kube()
  const volume = (await api.list(resources.persistentvolumes)).find(
    ({ spec }) => spec.claimRef?.name === 'data-redis-0',
  )
  await api.patch(resources.persistentvolumes, volume?.metadata.name ?? '', undefined, 'merge', {
    spec: { persistentVolumeReclaimPolicy: 'Retain' },
  })
  expect((await world.evaluate()).get(redis)).toEqual({ kind: 'holds' })
})

test('a claim whose loss is accepted', async () => {
  const { kinds } = await otherwise(
    withBackup({ by: 'loss-accepted', because: 'it fills itself again' }),
  )
  expect(kinds).toEqual({ [redis]: 'not-applicable' })
})

test('the identity of the cluster, once it is known', async () => {
  const world = boot()
  const uid = /"uid":"([^"]+)"/.exec(
    (await (await world.kube()).raw('/api/v1/namespaces/kube-system')).body,
  )?.[1]
  const before = await world.evaluate()
  world.policy = changed({
    identity: { ...joelclaw.identity, ...(uid === undefined ? {} : { kubeSystemUid: uid }) },
  })
  expect(uid).toMatch(/^[0-9a-f-]{36}$/)
  expect(difference(before, await world.evaluate())).toEqual({})
})
