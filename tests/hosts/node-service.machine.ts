// A Kubernetes service stops on a real machine: holdfast sees this by ssh and starts the service
// again.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { holdfast, temporary, type Ended } from '#tests/project/process.ts'
import { printed, startMachines } from './machines.ts'
import { policyOf } from './policy.ts'

/** The host keys are new in each run, so ssh neither checks nor stores them. */
const sshConfig = `Host *
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  LogLevel ERROR
`

const folder = temporary()
const path = (name: string): string => join(folder, name)
let machines: Awaited<ReturnType<typeof startMachines>>

beforeAll(async () => {
  const image = env['HOLDFAST_HOST_IMAGE']
  if (image === undefined || image === '')
    throw new Error(
      'HOLDFAST_HOST_IMAGE is not set: name an image with systemd, sshd and k3s as a unit',
    )
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path('key')])
  writeFileSync(path('ssh-config'), sshConfig)
  machines = await startMachines(image, readFileSync(path('key.pub'), 'utf8').trim())
  const { server, agent, uid } = machines
  writeFileSync(path('kubeconfig'), machines.kubeconfig, { mode: 0o600 })
  const files = {
    kubeconfig: path('kubeconfig'),
    identity: path('key'),
    config: path('ssh-config'),
  }
  writeFileSync(path('policy.json'), JSON.stringify(policyOf({ server, agent, uid, ...files })))
})
afterAll(() => machines?.stop())

const run = (verb: string, ...args: readonly string[]): Promise<Ended> => {
  const files = ['--cluster', path('policy.json'), '--reports', path('reports')]
  return holdfast([verb, '--target', 'live', ...files, '--only', 'nodes.service-runs', ...args], {
    // No cooldown from another test or other machines applies.
    env: { HOLDFAST_STATE: mkdtempSync(path('state-')) },
  })
}

test('check holds while the service of each machine is active', async () => {
  const { code, stdout } = await run('check', '--full')
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/✓ the Kubernetes service of every machine is active +2 of 2/),
  })
})

test('check names the machine whose service was stopped, and heal --apply starts it', async () => {
  await printed(machines.agent, 'systemctl', 'stop', 'k3s-agent')

  const before = await run('check')
  expect(before.code).toBe(1)
  expect(before.stdout).toContain('k3s-agent on 127.0.0.1 is inactive (dead)')

  const healed = await run('heal', '--apply')
  expect(healed).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/✓ restart-node-service +helped/),
  })
  expect(await printed(machines.agent, 'systemctl', 'is-active', 'k3s-agent')).toBe('active\n')
  expect((await run('check')).code).toBe(0)
})

/** Makes every start fail until systemd reaches its start limit, then removes the cause. */
const reachStartLimit = `
  mkdir --parents /etc/systemd/system/k3s-agent.service.d
  printf '%s\\n' \\
    '[Unit]' StartLimitIntervalSec=1h '[Service]' 'ExecStartPre=/usr/bin/test ! -e /run/broken' \\
    > /etc/systemd/system/k3s-agent.service.d/broken.conf
  systemctl daemon-reload
  touch /run/broken
  for start in 1 2 3 4 5 6; do systemctl restart k3s-agent; done
  rm /run/broken
  ! systemctl restart k3s-agent
`

test('heal --apply starts a unit that reached its start limit', async () => {
  await printed(machines.agent, 'sh', '-c', reachStartLimit)
  expect((await run('check')).stdout).toContain('k3s-agent on 127.0.0.1 is failed (failed)')

  expect(await run('heal', '--apply')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('systemctl reset-failed k3s-agent'),
  })
})

test('a machine that no longer answers ssh is unknown, not down', async () => {
  await printed(machines.agent, 'systemctl', 'stop', 'ssh')
  const { code, stdout } = await run('check', '--full')
  expect(code).not.toBe(0)
  expect(stdout).toContain('unknown')
  expect(stdout).not.toContain('k3s-agent on 127.0.0.1 is')
})
