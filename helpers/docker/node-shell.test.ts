// The two ways into a node: docker exec if its container has a shell, otherwise through the VM.
import { describe, expect, test } from 'vitest'
import { nodeShell } from './node-shell.ts'
import { putKubeconfig } from '#helpers/k3s/kubeconfig.ts'
import { messageOf, scripted, type Answer } from '#tests/runtime/scripted.ts'

const here = { socket: undefined, profile: undefined }
const no: Answer = { code: 1 }

describe('a node with a shell', () => {
  test('reads its files by docker exec', async () => {
    const { call, asked } = scripted({
      commands: {
        'docker exec n test -e /a': {},
        'docker exec n test -e /b': no,
        'docker exec n cat /a': { stdout: 'text' },
      },
    })
    const node = nodeShell(call, here, 'n')
    expect([
      await node.exists('/a'),
      await node.exists('/b'),
      await node.read('/a'),
      await node.read('/b'),
    ]).toEqual([true, false, 'text', undefined])
    expect(asked.length).toBe(5)
  })

  test('fails, instead of answering no, if docker exec cannot run', async () => {
    const gone: Answer = { code: 126, stderr: 'OCI runtime exec failed' }
    const { call } = scripted({
      commands: { 'docker exec n test -e /a': gone, 'docker exec m test -e /a': 'missing' },
    })
    expect(await messageOf(nodeShell(call, here, 'n').exists('/a'))).toBe(
      'docker exec n test -e /a: exit 126: OCI runtime exec failed',
    )
    expect(await messageOf(nodeShell(call, here, 'm').exists('/a'))).toBe(
      'docker is not installed or not on the PATH',
    )
  })

  test('signals one process by the kill that is built into its shell', async () => {
    const { call, asked } = scripted({ commands: { 'docker exec n sh -c kill -STOP 42': {} } })
    await nodeShell(call, here, 'n').signal(42, 'STOP')
    expect(asked.map(({ argv }) => argv)).toEqual([
      ['docker', 'exec', 'n', 'sh', '-c', 'kill -STOP 42'],
    ])
  })
})

const own = `apiVersion: v1
kind: Config
clusters:
- name: default
  cluster: { server: "https://127.0.0.1:6443", certificate-authority-data: Q0E= }
users:
- name: default
  user: { client-certificate-data: Q0VSVA== }
contexts:
- name: default
  context: { cluster: default, user: default }
`

describe('the kubeconfig of a k3s node', () => {
  const commands = {
    'docker exec n test -e /etc/rancher/k3s/k3s.yaml': {},
    'docker exec n cat /etc/rancher/k3s/k3s.yaml': { stdout: own },
  }

  async function put(before: string | undefined): Promise<string> {
    const { call } = scripted({
      commands,
      ...(before === undefined ? {} : { files: { '/k': before } }),
    })
    let written = ''
    const runtime = {
      ...call.runtime,
      files: {
        ...call.runtime.files,
        write: async (_: string, text: string) => void (written = text),
      },
    }
    await putKubeconfig(
      { ...call, runtime },
      { container: 'n', path: '/k', server: 'https://127.0.0.1:49153', context: 'sandbox' },
    )
    return written
  }

  test('points to the mapped port, and makes its context the current one', async () => {
    expect(await put(undefined)).toMatchInlineSnapshot(`
      "apiVersion: v1
      kind: Config
      clusters:
        - name: sandbox
          cluster:
            server: https://127.0.0.1:49153
            certificate-authority-data: Q0E=
      users:
        - name: sandbox
          user:
            client-certificate-data: Q0VSVA==
      contexts:
        - name: sandbox
          context:
            cluster: sandbox
            user: sandbox
      current-context: sandbox
      "
    `)
  })

  test('keeps the other entries of the file', async () => {
    const written = await put(own.replaceAll('default', 'other'))
    expect(written.match(/name: \w+/g)).toEqual([
      'name: other',
      'name: sandbox',
      'name: other',
      'name: sandbox',
      'name: other',
      'name: sandbox',
    ])
    expect(written).toContain('current-context: sandbox')
  })

  test('names the path in the error if the node has no kubeconfig', async () => {
    const { call } = scripted({
      commands: { 'docker exec n test -e /etc/rancher/k3s/k3s.yaml': no },
    })
    expect(
      await messageOf(
        putKubeconfig(call, {
          container: 'n',
          path: '/k',
          server: 'https://127.0.0.1:1',
          context: 'c',
        }),
      ),
    ).toBe(
      'the node in n has no kubeconfig at /etc/rancher/k3s/k3s.yaml: ' +
        'is it a k3s node, and has it finished starting?',
    )
  })
})
