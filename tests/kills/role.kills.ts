// Runs a whole drill under the account of its printed role, with only a token: lease, journal and
// copy included.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { rbacLabel } from '#src/engine/guards/roles.ts'
import { differsFrom, facts, kubectl, openInCluster } from './facts.ts'
import { holdfast, openHere, place, run } from './processes.ts'

interface Kubeconfig {
  users: { name: string; user: Record<string, unknown> }[]
}

const before = await facts()
afterAll(
  async () =>
    void (await kubectl(
      'delete',
      'clusterroles,clusterrolebindings,roles,rolebindings',
      '-A',
      '-l',
      rbacLabel,
    )),
)

/** The same policy with a kubeconfig that contains a token and no certificate. */
async function policyAs(account: string): Promise<string> {
  const token = (
    await kubectl('create', 'token', account, '-n', 'holdfast', '--duration', '1h')
  ).trim()
  const policy = JSON.parse(readFileSync(place.policy, 'utf8')) as {
    identity: { kubeconfig: string }
  }
  const config = parse(readFileSync(policy.identity.kubeconfig, 'utf8')) as Kubeconfig
  const [kubeconfig, file] = [
    join(place.folder, `${account}.kubeconfig`),
    join(place.folder, `${account}.json`),
  ]
  writeFileSync(
    kubeconfig,
    stringify({ ...config, users: config.users.map(({ name }) => ({ name, user: { token } })) }),
    { mode: 0o600 },
  )
  writeFileSync(file, JSON.stringify({ ...policy, identity: { ...policy.identity, kubeconfig } }))
  return file
}

test('drills, and leaves nothing', async () => {
  const { said: roles } = await run(['rbac', 'pds-nodeport-reset'])
  execFileSync(
    'docker',
    [
      'exec',
      '-i',
      place.node,
      'kubectl',
      '--kubeconfig',
      '/etc/rancher/k3s/k3s.yaml',
      'apply',
      '-f',
      '-',
    ],
    { input: roles },
  )
  const drill = await holdfast([
    'drill',
    'pds-nodeport-reset',
    '--cluster',
    await policyAs('holdfast-drill'),
  ]).ended
  expect([drill.code, drill.said.includes('the journal has no copy in the cluster')]).toEqual([
    0,
    false,
  ])
  // An account with read access only gets the list of missing permissions before the first write.
  const looking = await holdfast([
    'drill',
    'pds-nodeport-reset',
    '--cluster',
    await policyAs('holdfast-check'),
  ]).ended
  expect([looking.code, looking.said.replaceAll(/\s+/g, ' ')]).toEqual([
    4,
    expect.stringContaining('undo-permissions: the API does not let us'),
  ])
  // The namespace and the accounts belong to the role and stay.
  expect([await differsFrom(before), openHere(), await openInCluster()]).toEqual([[], [], []])
})
