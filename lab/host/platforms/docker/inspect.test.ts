// The JSON of an inspection, whole.
import { expect, test } from 'vitest'
import { sock, createFixture } from '#lab/host/fixture.ts'

test('the whole inspection, as docker writes it', async () => {
  const at = createFixture()
  const exit = await at.run(['docker', '-H', sock, 'inspect', 'joelclaw-controlplane-1'])
  const [whole] = JSON.parse(exit.kind === 'exited' ? exit.stdout : '[]')
  expect({
    ...whole,
    Id: 0,
    Image: 0,
    State: { ...whole.State, Pid: 0 },
    NetworkSettings: { ...whole.NetworkSettings, SandboxID: 0 },
  }).toMatchInlineSnapshot(`
    {
      "Args": [],
      "Config": {
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
      },
      "Created": "2026-10-22T10:00:00.000000000Z",
      "Driver": "overlay2",
      "HostConfig": {
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
      },
      "Id": 0,
      "Image": 0,
      "Name": "/joelclaw-controlplane-1",
      "NetworkSettings": {
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
      },
      "Path": "/sbin/init",
      "Platform": "linux",
      "RestartCount": 0,
      "State": {
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
      },
    }
  `)
})
