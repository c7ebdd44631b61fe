// The world of joelclaw starts healthy: every invariant about the host holds in the seed.
import { readFileSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import input from '#clusters/joelclaw/policy.ts'
import { parsePolicy } from '#helpers/policy.ts'
import { bytes, ms, percent } from '#src/model/index.ts'
import { host, world } from './joelclaw.ts'

const policy = parsePolicy(input, 'clusters/joelclaw/policy.ts')

test('the node container binds each port of the table, and the two API ports at random', () => {
  const { api, talos } = policy.endpoints
  expect(host.containers.map(({ bindings }) => bindings)).toEqual([
    [
      ...policy.ports.map(port => ({
        host: port.host,
        container: port.container,
        hostIp: '0.0.0.0',
      })),
      { host: api.pinned ?? 'random', container: api.container, hostIp: '0.0.0.0' },
      { host: talos?.pinned ?? 'random', container: talos?.container, hostIp: '0.0.0.0' },
    ],
  ])
})

test('the node container is as the policy describes it, and fits into the VM', () => {
  expect(
    host.containers.map(({ name, restartPolicy, memoryBytes, nanoCpus }) => ({
      name,
      restartPolicy,
      memoryBytes,
      cpus: nanoCpus / 1e9,
    })),
  ).toEqual(
    policy.nodes.flatMap(({ container }) =>
      container === undefined
        ? []
        : [
            {
              name: container.name,
              restartPolicy: container.restartPolicy,
              memoryBytes: bytes(container.memory),
              cpus: container.cpus,
            },
          ],
    ),
  )
  expect(host.vm.memory).toBeGreaterThan(host.containers[0]!.memoryBytes)
  expect(host.vm.cpus * 1e9).toBeGreaterThanOrEqual(host.containers[0]!.nanoCpus)
})

test('the disks of the policy exist and have free space', () => {
  const used = policy.storage.disks.map(({ path, limit }) => {
    const disk = host.vm.disks.find(({ mount }) => mount === path)
    return disk !== undefined && (100 * disk.usedKiB) / disk.sizeKiB < percent(limit)
  })
  expect(used).toEqual([true, true])
})

test('the kernel has the modules and settings that flannel needs', () => {
  expect(policy.network.kernelModules.filter(module => !host.vm.modules.includes(module))).toEqual(
    [],
  )
  expect(host.vm.sysctls).toMatchObject(policy.network.sysctls)
})

test('every launchd job of the policy is installed, finds its tools, and so do its scripts', () => {
  const { launchd, requiredPath } = policy.host!
  expect(host.launchd.map(({ label, plist }) => ({ label, plist }))).toEqual(
    launchd.map(({ label, plist }) => ({ label, plist })),
  )
  for (const { plist, scripts } of launchd) {
    expect(host.files[plist]).toContain(`<key>PATH</key>\n    <string>${requiredPath}:`)
    for (const script of scripts)
      expect(host.files[script]).toContain(`export PATH="${requiredPath}:`)
  }
  expect(
    host.launchd.filter(({ path }) => path?.split(':').includes(requiredPath) !== true),
  ).toEqual([])
})

/** Two texts that are too long for one line of the snapshot. */
const doctype =
  '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" ' +
  '"http://www.apple.com/DTDs/PropertyList-1.0.dtd">'
const path = [
  '/opt/homebrew/bin:/Users/joel/.local/bin',
  '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
].join(':')

test('a plist has the form that launchd requires', () => {
  const text = host.files['/Users/joel/Library/LaunchAgents/com.joel.k8s-reboot-heal.plist']
  expect(text?.replace(doctype, 'DOCTYPE').replace(`>${path}<`, '>PATH<')).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    DOCTYPE
    <plist version="1.0">
    <dict>
      <key>Label</key>
      <string>com.joel.k8s-reboot-heal</string>
      <key>ProgramArguments</key>
      <array>
        <string>/bin/bash</string>
        <string>/Users/joel/Code/joelhooks/joelclaw/infra/k8s-reboot-heal.sh</string>
      </array>
      <key>EnvironmentVariables</key>
      <dict>
        <key>HOME</key>
        <string>/Users/joel</string>
        <key>PATH</key>
        <string>PATH</string>
      </dict>
      <key>RunAtLoad</key>
      <true/>
      <key>StartInterval</key>
      <integer>180</integer>
      <key>StandardOutPath</key>
      <string>/Users/joel/.local/log/k8s-reboot-heal.log</string>
      <key>StandardErrorPath</key>
      <string>/Users/joel/.local/log/k8s-reboot-heal.log</string>
    </dict>
    </plist>
    "
  `)
})

test('the kubeconfig selects the live context, and the dead one comes first by name', () => {
  const config: unknown = parse(host.files['~/.kube/config'] ?? '')
  expect(config).toMatchObject({
    'current-context': policy.identity.contexts[0],
    contexts: [
      { name: 'admin@joelclaw', context: { cluster: 'joelclaw', user: 'admin@joelclaw' } },
      { name: 'admin@joelclaw-1', context: { cluster: 'joelclaw-1', user: 'admin@joelclaw-1' } },
    ],
    clusters: [
      { name: 'joelclaw', cluster: { server: 'https://127.0.0.1:63324' } },
      {
        name: 'joelclaw-1',
        cluster: {
          server: 'https://127.0.0.1:32768',
          'certificate-authority-data': btoa(host.tls.ca),
        },
      },
    ],
    users: [
      { name: 'admin@joelclaw' },
      {
        name: 'admin@joelclaw-1',
        user: {
          'client-certificate-data': btoa(host.tls.cert),
          'client-key-data': btoa(host.tls.key),
        },
      },
    ],
  })
})

test('talosctl finds the node where Docker first maps its API', () => {
  expect(parse(host.files['~/.talos/config'] ?? '')).toMatchObject({
    context: 'joelclaw-1',
    contexts: { 'joelclaw-1': { endpoints: ['127.0.0.1:32769'], nodes: ['10.5.0.2'] } },
  })
})

test('every critical claim has a backup of last night that is big enough', () => {
  const judged = policy.storage.claims.map(({ name, backup }) => {
    if (backup.by !== 'files') return { name, good: true }
    const files = host.backups.find(({ path }) => path === backup.folder)?.files ?? []
    return {
      name,
      good: files.some(
        file =>
          file.name.startsWith(backup.prefix) &&
          file.ageMs < ms(backup.maxAge) &&
          file.bytes >= bytes(backup.minSize),
      ),
    }
  })
  expect(judged.filter(({ good }) => !good)).toEqual([])
  expect(host.backups[0]?.files.map(({ name }) => name)).toEqual([
    'dump-2026-11-20.rdb',
    'dump-2026-11-19.rdb',
    'dump-2026-11-18.rdb',
  ])
})

test('no host process forwards a port or listens on a port of the table', () => {
  const mapped = new Set(policy.ports.map(port => port.host))
  expect(
    host.processes.filter(
      ({ args, listens }) =>
        args.includes('port-forward') || (listens ?? []).some(({ port }) => mapped.has(port)),
    ),
  ).toEqual([])
})

test('its nodes are those of the policy, each in a container', () => {
  expect(world.nodes.map(({ name }) => name)).toEqual(policy.nodes.map(({ name }) => name))
  expect(host.containers.map(({ node }) => node)).toEqual(policy.nodes.map(({ name }) => name))
})

test('it has every Secret that its manifests refer to', () => {
  const folder = new URL(`../../clusters/${world.manifests}/manifests/`, import.meta.url)
  const text = readdirSync(folder)
    .map(file => readFileSync(new URL(file, folder), 'utf8'))
    .join('\n')
  const referred = [
    ...text.matchAll(
      /(?:secretRef:\s+name|secretKeyRef:\s+name|secretName|imagePullSecrets:\s+- name): (\S+)/g,
    ),
  ].map(match => match[1] ?? '')
  expect([...new Set(referred)].toSorted()).toEqual(
    world.secrets.map(({ name }): string => name).toSorted(),
  )
})

test('the waivers of the policy still hold when the world starts', () => {
  expect(policy.waivers.filter(waiver => Date.parse(waiver.until) < world.startsAt)).toEqual([])
})
