// Measures how fast manifests are read, with the `yaml` library beside it and alone, and the memory
// that reading takes; then reads 100,000 generated inputs (cases).
// node bench/manifests.ts [cases] [seed]
import { argv, resourceUsage, stdout } from 'node:process'
import { check, constantFrom, property, string } from 'fast-check'
import { isDeepStrictEqual } from 'node:util'
import { parseAllDocuments, stringify } from 'yaml'
import { document, mutated, mutations, style } from '#src/manifests/arbitrary.ts'
import { newPositionIndex, type Locate } from '#src/manifests/yaml/positions.ts'
import { locatePlain, readPlain } from '#src/manifests/yaml/plain.ts'
import { readManifests } from '#src/manifests/read.ts'
import { documentsIn } from '#src/manifests/yaml/documents.ts'
import type { Path } from '#src/model/manifest.ts'
import { readTree } from '#src/manifests/yaml/tree.ts'

const cases = Number(argv[2] ?? 100_000)
const seed = Number(argv[3] ?? 1)

/** A Deployment and its Service. */
const pair = (index: number): string => `---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-${index}
  namespace: demo
spec:
  replicas: 2
  selector:
    matchLabels: {app: app-${index}}
  template:
    metadata:
      labels: {app: app-${index}}
    spec:
      containers:
        - name: main
          image: registry.example/app:1.2.${index}
          ports:
            - containerPort: 8080
          readinessProbe:
            httpGet: {path: /ready, port: 8080}
          resources:
            requests: {cpu: 100m, memory: 64Mi}
---
apiVersion: v1
kind: Service
metadata:
  name: app-${index}
  namespace: demo
spec:
  selector: {app: app-${index}}
  ports:
    - port: 80
      targetPort: 8080
`

function timed(what: string, text: string): void {
  const began = performance.now()
  const { manifests, problems } = readManifests({ texts: new Map([['a.yaml', text]]) })
  const read = performance.now()
  for (const { where } of manifests)
    where(['spec', 'template', 'spec', 'containers', 0, 'startupProbe'])
  const ended = performance.now()
  stdout.write(
    `${what.padEnd(40)} ${(text.length / 2 ** 20).toFixed(1).padStart(5)} MiB  ` +
      `${String(manifests.length).padStart(6)} objects  ${String(problems.length).padStart(6)} ` +
      `problems  read in ${(read - began).toFixed(0).padStart(5)} ms, ` +
      `a place in each in ${(ended - read).toFixed(0).padStart(5)} ms, ` +
      `peak ${(resourceUsage().maxRSS / 1024).toFixed(0)} MiB\n`,
  )
}

const set = (objects: number): string =>
  Array.from({ length: objects / 2 }, (_, index) => pair(index)).join('')

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** Reads the same text by turns with this reader and with `yaml`, seven times each. */
function compare(objects: number): void {
  const text = set(objects)
  const measure = (read: () => unknown): number => {
    const from = performance.now()
    read()
    return performance.now() - from
  }
  const rounds = Array.from({ length: 7 }, () => [
    measure(() => readManifests({ texts: new Map([['a.yaml', text]]) })),
    measure(() => parseAllDocuments(text).map(parsed => parsed.toJS() as unknown)),
  ])
  const [own, library] = [0, 1].map(at => median(rounds.map(round => round[at] ?? Number.NaN)))
  const ratio = median(rounds.map(([a = Number.NaN, b = Number.NaN]) => b / a))
  stdout.write(
    `${objects} documents: this reader ${own?.toFixed(0)} ms, yaml ${library?.toFixed(0)} ms, ` +
      `ratio ${ratio.toFixed(1)}\n`,
  )
}

for (const objects of [14, 1_000, 5_000]) compare(objects)
for (const objects of [14, 1_000, 5_000]) timed(`${objects} objects`, set(objects))
timed(
  '5,000 objects, anchors in all',
  set(5_000).replaceAll('metadata:\n  name', 'metadata: &meta\n  name'),
)
timed('a file of 50 MB', set(130_000))
timed(
  'a List of 100,000 without names',
  'apiVersion: v1\nkind: List\nitems:\n' +
    '- {apiVersion: v1, kind: ConfigMap, metadata: {}}\n'.repeat(100_000),
)
timed(
  'a ConfigMap of 100,000 numbers',
  'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels:\n' +
    Array.from({ length: 100_000 }, (_, index) => `    k${index}: 1\n`).join(''),
)
timed('a document of a million open brackets', '['.repeat(1_000_000))
timed('a document of empty lists', `[${'[],'.repeat(340_000)}[]]`)
timed('a document of empty lines', `a: >\n  x\n${'\n'.repeat(1_000_000)}`)
timed('a document of dashes', '- '.repeat(500_000))

function places(value: unknown, locate: Locate, path: Path = []): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return (Array.isArray(value) ? [...value.keys()] : Object.keys(value)).map(step => {
    const { position, steps, firstKey } = locate([...path, step])
    return [
      step,
      position,
      steps,
      firstKey(),
      places(Reflect.get(value, step), locate, [...path, step]),
    ]
  })
}

/** Whether the fast reader agrees with the full one wherever it is certain. */
function agree(text: string): boolean {
  return (
    /\r(?!\n)/.test(text) ||
    documentsIn(text).every(({ from, to }) => {
      const positions = newPositionIndex(text)
      const plain = readPlain(text, from, to, positions)
      if (plain === undefined) return true
      const tree = readTree(text, from, to)
      return (
        tree.faults.length === 0 &&
        isDeepStrictEqual(
          [plain.value, plain.from, plain.to, places(plain.value, locatePlain(positions, plain))],
          [tree.value, tree.from, tree.to, places(tree.value, tree.locate)],
        )
      )
    })
  )
}

function isRead(text: string): boolean {
  const { manifests, problems } = readManifests({ texts: new Map([['a.yaml', text]]) })
  return [
    ...manifests.map(({ where }) => where(['spec', 'a', 0, 'b'])),
    ...problems.map(({ span }) => span),
  ].every(({ from, to }) => from >= 0 && from <= to && to <= text.length)
}

const heads = [
  '',
  'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n',
  'apiVersion: v1\nkind: List\nitems:\n',
]
const began = performance.now()
const bytes = check(
  property(constantFrom(...heads), string({ unit: 'binary', maxLength: 300 }), (head, text) =>
    isRead(`${head}${text}`),
  ),
  { numRuns: cases / 2, seed },
)
const structures = check(
  property(document, style, mutations, constantFrom(...heads), (value, options, changes, head) => {
    const text = mutated(`${head}${stringify(value, options)}`, changes)
    return isRead(text) && agree(text)
  }),
  { numRuns: cases / 2, seed },
)
const resultOf = ({ failed, counterexample, errorInstance }: typeof bytes | typeof structures) =>
  failed ? `FAILED ${JSON.stringify(counterexample)} ${String(errorInstance)}` : 'all read'
stdout.write(
  `${cases} inputs in ${((performance.now() - began) / 1000).toFixed(0)} s: ` +
    `${resultOf(bytes)} · ${resultOf(structures)}\n`,
)
