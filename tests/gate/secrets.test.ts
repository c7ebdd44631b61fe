// The gate never keeps, shows or writes a value of a Secret, whatever other mistakes the files
// contain.
import { describe, expect, test } from 'vitest'
import { changesOf, diffs } from '#src/cli/gate/fix.ts'
import { snapshotOf } from '#src/gate/snapshot.ts'
import { secretsIn } from '#src/kubernetes/questions/lists.ts'
import { gateGithub } from '#src/reporting/gate/github.ts'
import { gateJson } from '#src/reporting/gate/json.ts'
import { gateJunit } from '#src/reporting/gate/junit.ts'
import { gateOpenReports } from '#src/reporting/gate/openreports.ts'
import { gateSarif } from '#src/reporting/gate/sarif.ts'
import type { ManifestSet } from '#src/model/index.ts'
import { judged, options, screen, setOf } from './judged.ts'
import { others, policy } from './policy.ts'

const plain = 'tr0ub4dor-and-3'
const encoded = btoa(plain)
const service = (port: string): string =>
  'apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec:\n  selector: ' +
  `{app: web}\n  ports:\n    - port: ${port}\n`
const secret = (body: string, annotations = ''): string =>
  `apiVersion: v1\nkind: Secret\nmetadata:\n  name: keys\n  namespace: shop\n${annotations}${body}`

const sets: readonly (readonly [what: string, text: string])[] = [
  [
    'stands before an object that is mended',
    `${secret(`stringData:\n  token: ${plain}\n  other: ${plain}\n`)}---\n${service('"80"')}`,
  ],
  [
    'stands behind it',
    `${service('"80"').replace('  ports:', '  sessionAffinity: None\n  ports:')}---\n` +
      secret(`data: {token: ${encoded}}\n`),
  ],
  ['is mended itself', secret(`immutable: "true"\ndata:\n  token: ${encoded}\n`)],
  ['has a value of the wrong type', secret('stringData:\n  token: 7358061924\n')],
  [
    'has several lines',
    `${secret(
      `stringData:\n  key: |\n    ${plain}\n    ${plain}\n` +
        `  other: >-\n    ${plain}\n\n    ${plain}\n`,
    )}---\n${service('"80"')}`,
  ],
  [
    'is in a list',
    'apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Secret\n' +
      `    metadata: {name: keys, namespace: shop}\n    stringData:\n      token: ${plain}\n` +
      '  - apiVersion: v1\n    kind: Service\n    metadata: {name: web, namespace: shop}\n' +
      '    spec:\n      ports:\n        - port: "80"\n',
  ],
  [
    'is an alias',
    `${secret(`stringData:\n  token: &token ${plain}\n  again: *token\n`)}---\n${service('"80"')}`,
  ],
  ['is misspelt', `${secret(`stringdata:\n  token: ${plain}\n`)}---\n${service('"80"')}`],
  [
    'is repeated in an annotation',
    `${secret(
      'type: Opaque\n',
      '  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: ' +
        `'{"data":{"token":"${encoded}"}}'\n`,
    )}---\n${service('"80"')}`,
  ],
  [
    'cannot be read',
    `${secret(`stringData:\n  token: ${plain}\n  token: ${plain}\n`)}---\n${service('"80"')}`,
  ],
  [
    'has a tab',
    `${secret(`stringData:\n  token: ${plain}\n\tother: ${plain}\n`)}---\n${service('"80"')}`,
  ],
  [
    'is JSON that cannot be read',
    '{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "keys"}, "stringData": ' +
      `{"token": "${plain}", "token": "${plain}"}\n`,
  ],
  [
    'is JSON on several lines that cannot be read',
    `{\n  "apiVersion": "v1",\n  "kind": "Secret",\n  "stringData": {"token": "${plain}",\n` +
      `    "other": "${plain}"\n`,
  ],
  ['is an example', `${secret(`stringData:\n  token: hunter2\n`)}---\n${service('"80"')}`],
]

/** Everything that the gate outputs. */
const everything = (set: ManifestSet): string =>
  [policy, ...Object.values(others)]
    .flatMap(given => {
      const report = judged(set, given)
      const { files, refused } = changesOf(report, set, options)
      return [
        screen(report, set),
        gateSarif(report),
        gateJson(report),
        gateJunit(report),
        gateGithub(report),
        gateOpenReports(report),
        diffs(files),
        JSON.stringify(refused),
      ]
    })
    .join('\n')

test.for(sets)('when it %s', ([, text]) => {
  const output = everything(setOf({ 'a.yaml': text }))
  expect([plain, encoded, '7358061924', 'hunter2'].filter(value => output.includes(value))).toEqual(
    [],
  )
  // Without a finding, the test would prove nothing.
  expect(output).toContain('a.yaml')
})

test('a repair beside a Secret is shown, and the values of the Secret are not', () => {
  const set = setOf({
    'a.yaml': secret(`stringData:\n  token: ${plain}\n  key: |\n    ${plain}\n    ${plain}\n`)
      .replace('metadata:\n  name', 'metadata:\n  # Of the shop.\n  name')
      .replace('stringData', 'immutable: "false"\nstringData'),
  })
  expect(diffs(changesOf(judged(set, policy), set, options).files)).toMatchInlineSnapshot(`
    "--- a/a.yaml
    +++ b/a.yaml
    @@ -4,7 +4,7 @@
       # Of the shop.
       name: keys
       namespace: shop
    -immutable: "false"
    +immutable: false
     stringData:
       token: …
       key: …
    "
  `)
})

describe('the snapshot by which it is judged', () => {
  const held = (text: string): unknown => {
    const { answers } = snapshotOf(setOf({ 'a.yaml': text }).manifests, [secretsIn('shop')], {
      cluster: 'pairs',
      namespace: 'default',
      now: 0,
    })
    return answers[secretsIn('shop').key]
  }

  test('contains the names of entries, and no values', () => {
    expect(
      held(
        secret(
          `type: Opaque\nstringData: {token: ${plain}, none: "", soon: change-me}\ndata: {key: ` +
            `${encoded}}\n`,
          `  annotations: {a: ${plain}}\n`,
        ),
      ),
    ).toMatchObject({
      kind: 'known',
      value: [
        {
          kind: 'Secret',
          metadata: { name: 'keys', namespace: 'shop' },
          type: 'Opaque',
          entries: { key: 'value', token: 'value', none: 'empty', soon: 'placeholder' },
        },
      ],
    })
    expect(
      sets
        .filter(([, text]) =>
          [plain, encoded, 'hunter2', '7358061924'].some(value =>
            JSON.stringify(held(text)).includes(value),
          ),
        )
        .map(([what]) => what),
    ).toEqual([])
  })
})
