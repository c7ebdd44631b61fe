// Kubeconfigs: their contexts, their choice, and the mistakes in some.
import { describe, expect, test } from 'vitest'
import { chooseContext, openKube, readKubeconfig } from './client.ts'
import { kubeconfig } from './loopback-api.ts'
import { messageOf, scripted } from '#tests/runtime/scripted.ts'

describe('kubeconfig', () => {
  const read = (text: string) =>
    readKubeconfig(scripted({ files: { '~/.kube/config': text } }).call, '~/.kube/config')

  test('is read without its secrets; a context without its cluster has no server', async () => {
    expect(await read(kubeconfig('https://127.0.0.1:6443/'))).toEqual({
      path: '~/.kube/config',
      current: 'admin@joelclaw',
      contexts: [
        {
          name: 'admin@joelclaw',
          server: 'https://127.0.0.1:63324',
          insecure: true,
          cluster: 'old',
          user: 'cert',
        },
        {
          name: 'admin@joelclaw-1',
          server: 'https://127.0.0.1:6443',
          insecure: false,
          cluster: 'joelclaw',
          user: 'admin',
        },
        { name: 'lost', server: '', insecure: false, cluster: 'gone', user: 'admin' },
      ],
      clusters: [
        { name: 'joelclaw', server: 'https://127.0.0.1:6443', insecure: false, ca: 'Q0E=' },
        { name: 'old', server: 'https://127.0.0.1:63324', insecure: true, ca: undefined },
      ],
      users: [
        { name: 'admin', by: 'token' },
        { name: 'cert', by: 'certificate' },
      ],
    })
  })

  test('missing, empty and broken files are named as such', async () => {
    expect(await messageOf(readKubeconfig(scripted().call, '~/.kube/config'))).toBe(
      'there is no kubeconfig at ~/.kube/config',
    )
    expect(await messageOf(read(' \n'))).toBe('the kubeconfig at ~/.kube/config is empty')
    expect(await messageOf(read('a: [b'))).toMatch(
      /^\/Users\/joel\/\.kube\/config is not a kubeconfig: /,
    )
    expect(await messageOf(read('clusters: [{ name: x }]'))).toBe(
      '/Users/joel/.kube/config is not a kubeconfig: clusters[0].cluster is missing',
    )
  })

  test('the best wanted name is chosen; else the newest that talosctl derived from one', () => {
    const having = (...names: string[]) => ({
      contexts: names.map(name => ({ name, server: '', insecure: false, cluster: '', user: '' })),
    })
    expect(chooseContext(having('b', 'a'), ['a', 'b'])).toBe('a')
    expect(chooseContext(having('admin@joelclaw', 'admin@joelclaw-1'), ['admin@joelclaw'])).toBe(
      'admin@joelclaw',
    )
    expect(
      chooseContext(having('admin@joelclaw-2', 'admin@joelclaw-10', 'admin@joelclaw-old'), [
        'admin@joelclaw',
      ]),
    ).toBe('admin@joelclaw-10')
    expect(chooseContext(having('joelclaw', 'other'), ['admin@joelclaw'])).toBeUndefined()
  })

  test('an error lists the existing contexts', async () => {
    const { call } = scripted({
      files: { '~/.kube/config': kubeconfig('https://127.0.0.1:6443') },
    })
    expect(
      await messageOf(openKube(call, { kubeconfig: '~/.kube/config', contexts: ['x', 'y'] })),
    ).toBe('no context of ~/.kube/config is x or y; it has: admin@joelclaw, admin@joelclaw-1, lost')
    expect(
      await messageOf(openKube(call, { kubeconfig: '~/.kube/config', contexts: ['lost'] })),
    ).toBe('context lost of ~/.kube/config names a cluster that is not in it')
  })

  test('certificate files are read through the runtime, relative to the kubeconfig', async () => {
    const text = kubeconfig('https://127.0.0.1:6443').replace(
      'certificate-authority-data: Q0E=',
      'certificate-authority: pki/ca.crt',
    )
    const { call } = scripted({ files: { '~/.kube/config': text } })
    expect(
      await messageOf(
        openKube(call, { kubeconfig: '~/.kube/config', contexts: ['admin@joelclaw-1'] }),
      ),
    ).toBe('the kubeconfig refers to /Users/joel/.kube/pki/ca.crt, which is not there')
  })
})
