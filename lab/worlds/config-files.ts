// Configuration files of a Mac as its tools write them: plists, kubeconfig, talosconfig.

export interface Credentials {
  ca: string
  cert: string
  key: string
}

export interface ContextText extends Credentials {
  /** The context and its user are `admin@<cluster>`. */
  cluster: string
  server: string
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** A kubeconfig with one context for each cluster, as `talosctl kubeconfig` merges it. */
export function kubeconfigText(contexts: readonly ContextText[], current: string): string {
  return [
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    ...contexts.flatMap(({ cluster, server, ca }) => [
      '- cluster:',
      `    certificate-authority-data: ${base64(ca)}`,
      `    server: ${server}`,
      `  name: ${cluster}`,
    ]),
    'contexts:',
    ...contexts.flatMap(({ cluster }) => [
      '- context:',
      `    cluster: ${cluster}`,
      '    namespace: default',
      `    user: admin@${cluster}`,
      `  name: admin@${cluster}`,
    ]),
    `current-context: ${current}`,
    'preferences: {}',
    'users:',
    ...contexts.flatMap(({ cluster, cert, key }) => [
      `- name: admin@${cluster}`,
      '  user:',
      `    client-certificate-data: ${base64(cert)}`,
      `    client-key-data: ${base64(key)}`,
    ]),
    '',
  ].join('\n')
}

/** A talosconfig with one context. */
export function talosconfigText(
  context: string,
  endpoint: string,
  node: string,
  { ca, cert, key }: Credentials,
): string {
  return [
    `context: ${context}`,
    'contexts:',
    `    ${context}:`,
    '        endpoints:',
    `            - ${endpoint}`,
    '        nodes:',
    `            - ${node}`,
    `        ca: ${base64(ca)}`,
    `        crt: ${base64(cert)}`,
    `        key: ${base64(key)}`,
    '',
  ].join('\n')
}

export interface Job {
  label: string
  arguments: readonly string[]
  /** PATH of its environment. */
  path: string
  home: string
  /** Seconds between its starts. Absent: launchd keeps it running. */
  every?: number
  log: string
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** A launchd job's plist in XML. */
export function plistText(job: Job): string {
  const key = (name: string, value: string): string => `  <key>${name}</key>\n  ${value}`
  const string = (value: string): string => `<string>${escaped(value)}</string>`
  const environment = [key('HOME', string(job.home)), key('PATH', string(job.path))]
    .map(line => line.replaceAll(/^ {2}/gm, '    '))
    .join('\n')
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" ' +
      '"http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    '<dict>',
    key('Label', string(job.label)),
    key(
      'ProgramArguments',
      `<array>\n${job.arguments.map(word => `    ${string(word)}`).join('\n')}\n  </array>`,
    ),
    key('EnvironmentVariables', `<dict>\n${environment}\n  </dict>`),
    key('RunAtLoad', '<true/>'),
    job.every === undefined
      ? key('KeepAlive', '<true/>')
      : key('StartInterval', `<integer>${job.every}</integer>`),
    key('StandardOutPath', string(job.log)),
    key('StandardErrorPath', string(job.log)),
    '</dict>',
    '</plist>',
    '',
  ].join('\n')
}
