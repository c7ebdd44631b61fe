// The JSON of an inspection, section by section.
import { beforeAll, expect, test } from 'vitest'
import { createFixture, sock } from '#lab/host/fixture.ts'

let whole: Record<string, object>
beforeAll(async () => {
  const exit = await createFixture().run([
    'docker',
    '-H',
    sock,
    'inspect',
    'joelclaw-controlplane-1',
  ])
  ;[whole = {}] = JSON.parse(exit.kind === 'exited' ? exit.stdout : '[]')
})

test('an inspection identifies the container', () => {
  const { Config, HostConfig, NetworkSettings, State, ...rest } = whole
  expect([Config, HostConfig, NetworkSettings, State]).not.toContain(undefined)
  expect({ ...rest, Id: 0, Image: 0 }).toMatchInlineSnapshot(`
    {
      "Args": [],
      "Created": "2026-10-22T10:00:00.000000000Z",
      "Driver": "overlay2",
      "Id": 0,
      "Image": 0,
      "Name": "/joelclaw-controlplane-1",
      "Path": "/sbin/init",
      "Platform": "linux",
      "RestartCount": 0,
    }
  `)
})

test('an inspection contains its configuration', () => {
  expect(whole['Config']).toMatchInlineSnapshot(`
    {
      "Env": [
        "PLATFORM=container",
      ],
      "ExposedPorts": {
        "3000/tcp": {},
        "50000/tcp": {},
        "6443/tcp": {},
        "8108/tcp": {},
      },
      "Hostname": "joelclaw-controlplane-1",
      "Image": "ghcr.io/siderolabs/talos:v1.12.4",
      "Labels": {
        "talos.cluster.name": "joelclaw",
        "talos.owned": "true",
        "talos.type": "controlplane",
      },
    }
  `)
})

test('an inspection contains the settings of the host', () => {
  expect(whole['HostConfig']).toMatchInlineSnapshot(`
    {
      "AutoRemove": false,
      "Memory": 19327352832,
      "MemoryReservation": 0,
      "MemorySwap": 19327352832,
      "NanoCpus": 2000000000,
      "NetworkMode": "joelclaw",
      "PortBindings": {
        "3000/tcp": [
          {
            "HostIp": "0.0.0.0",
            "HostPort": "9627",
          },
        ],
        "50000/tcp": [
          {
            "HostIp": "0.0.0.0",
            "HostPort": "",
          },
        ],
        "6443/tcp": [
          {
            "HostIp": "0.0.0.0",
            "HostPort": "",
          },
        ],
        "8108/tcp": [
          {
            "HostIp": "0.0.0.0",
            "HostPort": "8108",
          },
        ],
      },
      "Privileged": true,
      "RestartPolicy": {
        "MaximumRetryCount": 0,
        "Name": "unless-stopped",
      },
      "SecurityOpt": [
        "seccomp=unconfined",
        "label=disable",
      ],
      "Tmpfs": {
        "/run": "",
        "/system": "",
        "/tmp": "",
      },
    }
  `)
})

test('an inspection contains its ports and its network', () => {
  expect({ ...whole['NetworkSettings'], SandboxID: 0 }).toMatchInlineSnapshot(`
    {
      "Networks": {
        "joelclaw": {
          "Gateway": "10.5.0.1",
          "IPAddress": "10.5.0.2",
          "IPPrefixLen": 24,
        },
      },
      "Ports": {
        "3000/tcp": [
          {
            "HostIp": "0.0.0.0",
            "HostPort": "9627",
          },
        ],
        "50000/tcp": [
          {
            "HostIp": "0.0.0.0",
            "HostPort": "32769",
          },
        ],
        "6443/tcp": [
          {
            "HostIp": "0.0.0.0",
            "HostPort": "32768",
          },
        ],
        "8108/tcp": [
          {
            "HostIp": "0.0.0.0",
            "HostPort": "8108",
          },
        ],
      },
      "SandboxID": 0,
    }
  `)
})

test('an inspection contains its state', () => {
  expect({ ...whole['State'], Pid: 0 }).toMatchInlineSnapshot(`
    {
      "Dead": false,
      "Error": "",
      "ExitCode": 0,
      "FinishedAt": "0001-01-01T00:00:00Z",
      "OOMKilled": false,
      "Paused": false,
      "Pid": 0,
      "Restarting": false,
      "Running": true,
      "StartedAt": "2026-11-21T10:00:00.000000000Z",
      "Status": "running",
    }
  `)
})
