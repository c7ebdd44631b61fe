// Kubeconfigs that are read without the client library: the result is the same as the library's.
// Everything else is left to the library.
import { describe, expect, test } from 'vitest'
import { parseKubeconfig } from './client-node.ts'
import { kubeconfig } from './loopback-api.ts'
import { plainKubeconfig, plainConnection } from './plain-kubeconfig.ts'

const config = (user: string, cluster = 'server: https://127.0.0.1:6443/', more = ''): string =>
  [
    'apiVersion: v1',
    'kind: Config',
    'current-context: a',
    'clusters:',
    '- name: c',
    `  cluster: { ${cluster} }`,
    'contexts:',
    '- name: a',
    '  context: { cluster: c, user: u }',
    'users:',
    '- name: u',
    `  user: { ${user} }`,
    more,
    '',
  ].join('\n')

const certificate = 'client-certificate-data: Q0VSVA==, client-key-data: S0VZ'

describe('a plain kubeconfig', () => {
  test.for([
    ['a token', config('token: abc')],
    ['a certificate, and its key', config(certificate)],
    ['a user without credentials', config('')],
    ['a CA', config('token: abc', 'server: https://h:1, certificate-authority-data: Q0E=')],
    [
      'a server that is not verified, by another name',
      config(
        'token: abc',
        'server: https://h:1, insecure-skip-tls-verify: true, tls-server-name: k8s',
      ),
    ],
    ['several contexts, one without its cluster', kubeconfig('https://127.0.0.1:6443/')],
    [
      'JSON',
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'a',
        clusters: [{ name: 'c', cluster: { server: 'https://h' } }],
        contexts: [{ name: 'a', context: { cluster: 'c', user: 'u', namespace: 'n' } }],
        users: [{ name: 'u', user: {} }],
      }),
    ],
  ] as const)('%s: as the library reads it', ([, text]) => {
    // The library sets members to null that we leave out.
    const valued = (value: unknown): unknown =>
      JSON.parse(
        JSON.stringify(value, (_, member: unknown) => (member === null ? undefined : member)),
      )
    const theirs = parseKubeconfig('/k', text)
    const ours = plainKubeconfig(text)
    expect(
      valued({
        clusters: ours?.clusters,
        contexts: ours?.contexts,
        users: ours?.users,
        currentContext: ours?.currentContext,
      }),
    ).toEqual(
      valued({
        clusters: theirs.clusters,
        contexts: theirs.contexts,
        users: theirs.users,
        currentContext: theirs.currentContext,
      }),
    )
  })
})

describe('a kubeconfig with anything else', () => {
  test.each([
    ['a plugin', config('exec: { command: aws, apiVersion: client.authentication.k8s.io/v1 }')],
    ['a provider', config('auth-provider: { name: oidc }')],
    ['a password', config('username: a, password: b')],
    ['a token in a file', config('token-file: /token')],
    ['a certificate in a file', config('client-certificate: /c.pem, client-key: /k.pem')],
    ['a CA in a file', config('token: abc', 'server: https://h, certificate-authority: /ca.pem')],
    ['a proxy', config('token: abc', 'server: https://h, proxy-url: http://p')],
    ['somebody else’s name', config('token: abc, as: root')],
    ['a mistake', config('token: 5')],
    ['a cluster without a server', config('token: abc', '')],
    ['no YAML', 'a: [b'],
    ['nothing', ''],
    ['something else', 'a: b'],
  ])('%s is left to the library', (_, text) => {
    expect(plainKubeconfig(text)).toBeUndefined()
  })
})

describe('the connection of a context', () => {
  const connectionOf = (text: string, context = 'a') =>
    plainConnection(
      plainKubeconfig(text) ?? { clusters: [], contexts: [], users: [], currentContext: '' },
      context,
    )

  test('has its server, its trust and its credentials', () => {
    expect(
      connectionOf(
        config(
          `${certificate}, token: abc`,
          'server: https://h:1/, certificate-authority-data: Q0E=, tls-server-name: k8s',
        ),
      ),
    ).toEqual({
      server: 'https://h:1',
      tls: { verify: true, ca: 'CA', cert: 'CERT', key: 'KEY', serverName: 'k8s' },
      headers: { Authorization: 'Bearer abc' },
    })
    expect(connectionOf(config('', 'server: https://h, insecure-skip-tls-verify: true'))).toEqual({
      server: 'https://h',
      tls: { verify: false },
      headers: {},
    })
  })

  test('is undefined if a part of it is missing', () => {
    expect([
      connectionOf(config('token: abc'), 'b'),
      connectionOf(kubeconfig('https://127.0.0.1:6443/'), 'lost'),
    ]).toEqual([undefined, undefined])
  })
})
