// A check runs only the programs that the sections of the policy need. It asks nothing about
// platforms that the policy does not name.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { smallest } from '#tests/model/policy.ts'
import { holdfast } from '#tests/project/process.ts'
import type { PolicyInput } from '#src/model/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-programs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Records the program of every child process, whichever function of Node starts it. */
const recorder = join(folder, 'recorder.mjs')
writeFileSync(
  recorder,
  `import child from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
for (const name of ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']) {
  const original = child[name]
  child[name] = (program, ...rest) => {
    appendFileSync(process.env.RECORDED, program + '\\n')
    return original(program, ...rest)
  }
}
syncBuiltinESMExports()
`,
)

/** The programs that \`holdfast check --target live\` runs for a policy, each once. */
async function programsOf(name: string, change: Partial<PolicyInput>): Promise<readonly string[]> {
  const policy = join(folder, `${name}.json`)
  const recorded = join(folder, `${name}.txt`)
  const { clauses, ...rest } = smallest
  const proven = clauses.map(clause => ({ ...clause, provenBy: ['nodes-are-schedulable'] }))
  writeFileSync(policy, JSON.stringify({ ...rest, clauses: proven, ...change }))
  writeFileSync(recorded, '')
  const args = ['check', '--target', 'live', '--cluster', policy, '--reports', join(folder, name)]
  const { code, stderr } = await holdfast(args, {
    env: {
      HOME: folder,
      PATH: join(folder, 'nothing'),
      RECORDED: recorded,
      NODE_OPTIONS: `--import=${recorder}`,
    },
  })
  expect({ code, stderr }).toMatchObject({ code: 2 })
  return [...new Set(readFileSync(recorded, 'utf8').split('\n').filter(Boolean))].toSorted()
}

const node = { name: 'one', role: 'control-plane' } as const

describe.concurrent('a check of a policy', () => {
  test('without a section of a platform runs no program of one', async () => {
    // The processes of this host, because no rule allows a port-forward.
    expect(await programsOf('bare', {})).toEqual(['ps'])
  })

  test('that names kernel modules and disks, but no VM, does not run ssh', async () => {
    const network: PolicyInput['network'] = {
      flannel: { as: 'built-in' },
      kernelModules: ['br_netfilter'],
      sysctls: { 'net.ipv4.ip_forward': '1' },
    }
    const storage: PolicyInput['storage'] = { claims: [], disks: [{ path: '/', limit: '80 %' }] }
    expect(await programsOf('kernel', { network, storage })).toEqual(['ps'])
  })

  test('whose node is a container asks Docker', async () => {
    const container = {
      name: 'one',
      restartPolicy: 'unless-stopped',
      memory: '1 GiB',
      cpus: 1,
    } as const
    expect(await programsOf('docker', { nodes: [{ ...node, container }] })).toEqual([
      'docker',
      'ps',
    ])
  })

  test('with a Colima host asks Colima, Docker, and the VM by ssh', async () => {
    const host = { kind: 'colima', profile: 'default', requiredPath: '/bin' } as const
    expect(await programsOf('colima', { host })).toEqual(['colima', 'docker', 'ps', 'ssh'])
  })

  test('with a node that runs systemd asks it by ssh', async () => {
    const service = { unit: 'k3s', host: 'node-1' }
    expect(await programsOf('systemd', { nodes: [{ ...node, service }] })).toEqual(['ps', 'ssh'])
  })
})
