// If the kubeconfig is missing, unreadable, invalid or for another cluster, the verdicts that need
// the API are unknown, with a remedy.
import { describe, expect, test } from 'vitest'
import { fakePem } from '#lab/host/index.ts'
import type { Lab } from '#lab/lab.ts'
import { command, newLab } from '#tests/drills/stage.ts'
import { changes, reasons, answers, type Changes } from './changes.ts'
import { cutFiles } from './cuts.ts'
import { ofTheApi } from './sources.ts'

const healthy = await answers(newLab().runtime)
const file = '~/.kube/config'
const rewrite = async (lab: Lab, change: (text: string) => string): Promise<void> =>
  lab.host.faultControls.writeFile(file, change((await lab.runtime.files.read(file)) ?? ''))

/** The reason without the name of the failed question, which differs by kind. */
const causes = (all: readonly string[]): readonly string[] => [
  ...new Set(
    all.map(reason => reason.replace(/^could not [^:]+: /, '').replace(/ \(asked \w+\)$/, '')),
  ),
]

const [points, tls] = ['kubeconfig-points-to-the-api', 'tls-verifies']
const nothing: Changes = { exit: 2, unknown: [...ofTheApi, points].toSorted() }
const noContext = (there: string): { expected: Changes; why: readonly string[] } => ({
  expected: { exit: 1, unknown: ofTheApi, violated: [points] },
  why: [`contexts: ${there}`, `no context of ~/.kube/config is admin@joelclaw-1; it has: ${there}`],
})

const rows: readonly {
  name: string
  cut(lab: Lab): unknown
  expected: Changes
  why: readonly string[]
}[] = [
  {
    name: 'that is missing',
    cut: lab => lab.host.faultControls.removeFile(file),
    expected: nothing,
    why: ['there is no kubeconfig at ~/.kube/config'],
  },
  {
    name: 'that is empty',
    cut: lab => lab.host.faultControls.writeFile(file, '\n'),
    expected: nothing,
    why: ['the kubeconfig at ~/.kube/config is empty'],
  },
  {
    name: 'that is no YAML',
    cut: lab => lab.host.faultControls.writeFile(file, 'clusters: [ {'),
    expected: nothing,
    why: [
      '/Users/joel/.kube/config is not a kubeconfig: ' +
        'unexpected end of the stream within a flow collection (1:14)',
    ],
  },
  {
    name: 'that is YAML and no kubeconfig',
    cut: lab => lab.host.faultControls.writeFile(file, 'just some words\n'),
    ...noContext('none'),
  },
  {
    name: 'without a context of this cluster',
    cut: lab => command(lab, 'kubectl', 'config', 'delete-context', 'admin@joelclaw-1'),
    ...noContext('admin@joelclaw'),
  },
  {
    name: 'with the CA of another cluster',
    cut: lab =>
      rewrite(lab, text =>
        text.replaceAll(
          /certificate-authority-data: .*/g,
          'certificate-authority-data: ' +
            Buffer.from(fakePem('CERTIFICATE', 'stranger', 9)).toString('base64'),
        ),
      ),
    expected: { exit: 1, unknown: ofTheApi.filter(name => name !== tls), violated: [tls] },
    why: [
      'https://127.0.0.1:32768 did not answer: SELF_SIGNED_CERT_IN_CHAIN 127.0.0.1:32768: ' +
        'no authority in the kubeconfig signed its certificate: ' +
        'another server owns the port, or the cluster was recreated',
    ],
  },
  {
    name: 'whose CA is a file that is not there',
    cut: lab =>
      rewrite(lab, text =>
        text.replaceAll(
          /certificate-authority-data: .*/g,
          'certificate-authority: /nowhere/ca.pem',
        ),
      ),
    expected: { exit: 2, unknown: ofTheApi },
    why: ['the kubeconfig refers to /nowhere/ca.pem, which is not there'],
  },
  {
    name: 'that does not verify TLS',
    cut: lab =>
      rewrite(lab, text =>
        text.replaceAll(/certificate-authority-data: .*/g, 'insecure-skip-tls-verify: true'),
      ),
    expected: { exit: 1, violated: [tls] },
    why: ['context admin@joelclaw-1 sets insecure-skip-tls-verify'],
  },
  {
    // A host process has that port and is not an API server.
    name: 'whose port belongs to another program',
    cut: lab => rewrite(lab, text => text.replaceAll('127.0.0.1:32768', '127.0.0.1:9999')),
    expected: { exit: 1, unknown: ofTheApi, violated: [points] },
    why: [
      'context admin@joelclaw-1 points to https://127.0.0.1:9999',
      'https://127.0.0.1:9999 did not answer: ECONNRESET 127.0.0.1:9999: ' +
        'it accepted the connection and closed it: ' +
        'a forwarder without a server behind it does that',
    ],
  },
  {
    name: 'whose current context is a dead cluster',
    cut: lab => command(lab, 'kubectl', 'config', 'use-context', 'admin@joelclaw'),
    expected: { exit: 1, violated: ['context-is-this-cluster'] },
    why: ['the current context is admin@joelclaw'],
  },
]

describe('a kubeconfig', () => {
  test.for(rows)('$name', async row => {
    const lab = newLab()
    await row.cut(lab)
    const seen = await answers(lab.runtime)
    expect(changes(healthy, seen)).toEqual(row.expected)
    expect(causes(reasons(healthy, seen)).toSorted()).toEqual([...row.why].toSorted())
  })

  test('that may not be read', async () => {
    const seen = await answers(cutFiles(newLab().runtime, '.kube/config'))
    expect(changes(healthy, seen)).toEqual(nothing)
    expect(causes(reasons(healthy, seen))).toEqual([
      "EACCES: permission denied, open '~/.kube/config'",
    ])
  })
})
