// How the output of docker inspect, ps and info is parsed.
import { describe, expect, test } from 'vitest'
import { docker } from './client.ts'
import { messageOf, scripted } from '#tests/runtime/scripted.ts'

/**
 * As `docker inspect` prints it for a Talos node with fixed and random ports, on a daemon with
 * IPv6.
 */
const inspected = (over: { state?: object; host?: object; ports?: object } = {}): string =>
  JSON.stringify([
    {
      Id: '4f1c9a0b7d5e4f1c9a0b7d5e4f1c9a0b7d5e4f1c9a0b7d5e4f1c9a0b7d5e0001',
      Created: '2026-02-17T09:11:02.123456789Z',
      Path: '/sbin/init',
      State: {
        Status: 'running',
        Running: true,
        Paused: false,
        Restarting: false,
        OOMKilled: false,
        Dead: false,
        Pid: 2417,
        ExitCode: 0,
        Error: '',
        StartedAt: '2026-11-21T09:59:58.5Z',
        FinishedAt: '2026-11-21T09:59:40Z',
        ...over.state,
      },
      Name: '/joelclaw-controlplane-1',
      RestartCount: 0,
      HostConfig: {
        PortBindings: {
          '6443/tcp': [{ HostIp: '', HostPort: '6443' }],
          '50000/tcp': [{ HostIp: '', HostPort: '0' }],
          '3000/tcp': [{ HostIp: '0.0.0.0', HostPort: '9627' }],
        },
        RestartPolicy: { Name: 'unless-stopped', MaximumRetryCount: 0 },
        Memory: 19_327_352_832,
        MemorySwap: 19_327_352_832,
        NanoCpus: 2_000_000_000,
        ...over.host,
      },
      NetworkSettings: {
        Ports: over.ports ?? {
          '6443/tcp': [
            { HostIp: '0.0.0.0', HostPort: '6443' },
            { HostIp: '::', HostPort: '6443' },
          ],
          '50000/tcp': [
            { HostIp: '0.0.0.0', HostPort: '32769' },
            { HostIp: '::', HostPort: '32768' },
          ],
          '3000/tcp': [{ HostIp: '0.0.0.0', HostPort: '9627' }],
          '10250/tcp': null,
        },
      },
    },
  ])

describe('docker inspect', () => {
  const inspect = (stdout: string) =>
    docker(
      scripted({ commands: { 'docker inspect joelclaw-controlplane-1': { stdout } } }).call,
    ).inspect('joelclaw-controlplane-1')

  test('distinguishes the ports that are published now from the declared ones', async () => {
    expect(await inspect(inspected())).toEqual({
      id: '4f1c9a0b7d5e4f1c9a0b7d5e4f1c9a0b7d5e4f1c9a0b7d5e4f1c9a0b7d5e0001',
      name: 'joelclaw-controlplane-1',
      running: true,
      status: 'running',
      paused: false,
      startedAt: Date.parse('2026-11-21T09:59:58.500Z'),
      pid: 2417,
      exitCode: 0,
      restartPolicy: 'unless-stopped',
      memory: 18 * 2 ** 30,
      memorySwap: 18 * 2 ** 30,
      cpus: 2,
      bindings: [
        { container: 3000, protocol: 'tcp', hostIp: '0.0.0.0', host: 9627 },
        { container: 6443, protocol: 'tcp', hostIp: '0.0.0.0', host: 6443 },
        // IPv6 with a port of its own is a separate binding.
        { container: 50_000, protocol: 'tcp', hostIp: '::', host: 32_768 },
        { container: 50_000, protocol: 'tcp', hostIp: '0.0.0.0', host: 32_769 },
      ],
      declared: [
        { container: 3000, protocol: 'tcp', host: 9627 },
        { container: 6443, protocol: 'tcp', host: 6443 },
        { container: 50_000, protocol: 'tcp', host: undefined },
      ],
    })
  })

  test('a container that never ran has no start, no process and nothing published', async () => {
    const view = await inspect(
      inspected({
        state: { Status: 'created', Running: false, Pid: 0, StartedAt: '0001-01-01T00:00:00Z' },
        host: {
          RestartPolicy: { Name: '' },
          Memory: 0,
          MemorySwap: 0,
          NanoCpus: 0,
          PortBindings: null,
        },
        ports: {},
      }),
    )
    expect(view).toMatchObject({
      running: false,
      status: 'created',
      startedAt: 0,
      pid: 0,
      restartPolicy: '',
      memory: 0,
      cpus: 0,
      bindings: [],
      declared: [],
    })
  })

  test('the error names a member of the wrong type, or quotes text that is not JSON', async () => {
    expect(await messageOf(inspect(inspected({ state: { Running: 'yes' } })))).toBe(
      'docker inspect joelclaw-controlplane-1 printed something else than expected: ' +
        '0.State.Running: Invalid input: expected boolean, received string',
    )
    expect(await messageOf(inspect('<html>'))).toBe(
      'docker inspect joelclaw-controlplane-1 did not print JSON: “<html>”',
    )
  })
})

describe('docker', () => {
  test('connects to the given socket, and leaves it out of errors', async () => {
    const { call } = scripted({
      commands: {
        'docker --host unix:///s/docker.sock inspect gone': {
          code: 1,
          stdout: '[]\n',
          stderr: 'Error: No such object: gone\n',
        },
      },
    })
    expect(await messageOf(docker(call, { socket: '/s/docker.sock' }).inspect('gone'))).toBe(
      'docker inspect gone: exit 1: No such object: gone',
    )
  })

  test('info fails without a daemon, even if an older client exits 0', async () => {
    const command = 'docker info --format {{json .}}'
    const { call } = scripted({
      commands: {
        [command]: [
          {
            stdout:
              '{"ServerVersion":"29.0.1","Name":"colima","NCPU":4,"MemTotal":8330309632,' +
              '"ServerErrors":null}\n',
          },
          {
            stdout:
              '{"ServerVersion":"","ServerErrors":["Cannot connect to the Docker daemon at ' +
              'unix:///s. Is the docker daemon running?"]}\n',
          },
          { stdout: '{"ClientInfo":{}}\n' },
          {
            code: 1,
            stderr:
              'Cannot connect to the Docker daemon at unix:///s. Is the docker daemon running?\n',
          },
        ],
      },
    })
    const daemon = docker(call)
    expect(await daemon.info()).toEqual({
      version: '29.0.1',
      name: 'colima',
      cpus: 4,
      memory: 8_330_309_632,
    })
    expect(await messageOf(daemon.info())).toBe(
      'docker info: Cannot connect to the Docker daemon at unix:///s. ' +
        'Is the docker daemon running?',
    )
    expect(await messageOf(daemon.info())).toBe('docker info: no daemon answered')
    expect(await messageOf(daemon.info())).toBe(
      'docker info: exit 1: Cannot connect to the Docker daemon at unix:///s. ' +
        'Is the docker daemon running?',
    )
  })

  test('ps lists all containers by name', async () => {
    const stdout = [
      '{"ID":"b","Names":"joelclaw-controlplane-1","Image":"ghcr.io/siderolabs/talos:v1.12.4",' +
        '"State":"running","Status":"Up ' +
        '3 hours","Ports":""}',
      '{"ID":"a","Names":"backup","Image":"alpine","State":"exited","Status":"Exited (137) ' +
        '2 days ago","Ports":""}',
      '',
    ].join('\n')
    const { call } = scripted({
      commands: { 'docker ps --all --no-trunc --format {{json .}}': { stdout } },
    })
    expect(await docker(call).ps()).toEqual([
      {
        id: 'a',
        name: 'backup',
        image: 'alpine',
        state: 'exited',
        status: 'Exited (137) 2 days ago',
      },
      {
        id: 'b',
        name: 'joelclaw-controlplane-1',
        image: 'ghcr.io/siderolabs/talos:v1.12.4',
        state: 'running',
        status: 'Up 3 hours',
      },
    ])
  })

  test('runs the commands that a person would type', async () => {
    const lines = [
      'docker start n',
      'docker stop -t 3 n',
      'docker stop n',
      'docker restart n',
      'docker pause n',
      'docker unpause n',
      'docker kill --signal STOP n',
      'docker update --restart unless-stopped --memory 1024 --memory-swap 1024 n',
    ]
    const { call, asked } = scripted({
      commands: Object.fromEntries(lines.map(line => [line, {}])),
    })
    const daemon = docker(call)
    await daemon.start('n')
    await daemon.stop('n', { patience: 3 })
    await daemon.stop('n')
    await daemon.restart('n')
    await daemon.pause('n')
    await daemon.unpause('n')
    await daemon.kill('n', 'STOP')
    await daemon.update('n', { restart: 'unless-stopped', memory: 1024 })
    expect(asked.map(({ argv }) => argv.join(' '))).toEqual(lines)
  })
})
