// The lab's own reader of protobuf beside protobufjs: what each costs to load, and how many bodies
// it reads in a second. protobufjs encodes the body, so the comparison also checks the reader.
// node bench/protobuf.ts [processes]
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import protobuf from 'protobufjs/light.js'
import { $, argv, echo } from 'zx'
import { messageFields, type Field } from '#lab/kube/protobuf/message-fields.ts'
import { readProtobuf } from '#lab/kube/protobuf/read-protobuf.ts'

const processes = Number(argv._[0] ?? 9)
const rounds = 7
const root = join(import.meta.dirname, '..')
const node = join(root, 'node_modules', '.bin', 'node')

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

const scalars: Readonly<Record<string, string>> = {
  text: 'string',
  integer: 'int64',
  boolean: 'bool',
  bytes: 'bytes',
}

const fieldOf = ({ number: id, type: name, many, map }: Field): protobuf.IField => {
  const type = scalars[name] ?? name
  if (map) return { id, type, keyType: 'string' } as protobuf.IField
  return many ? { id, type, rule: 'repeated' } : { id, type }
}

/** The types of protobufjs for a message and all messages in it, from the lab's own tables. */
function typesOf(name: string, found: Record<string, protobuf.IType> = {}): typeof found {
  const fields = [...(messageFields(name)?.values() ?? [])]
  found[name] = { fields: Object.fromEntries(fields.map(field => [field.name, fieldOf(field)])) }
  for (const { type } of fields)
    if (scalars[type] === undefined && found[type] === undefined) typesOf(type, found)
  return found
}

const pod = (containers: number): object => ({
  containers: Array.from({ length: containers }, (_, index) => ({
    name: `c${index}`,
    image: `registry.example.org/app:${index}`,
    args: ['--listen', '0.0.0.0:8080', '--verbose'],
    ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
    env: [
      { name: 'LEVEL', value: 'debug' },
      { name: 'ZONE', value: 'eu-1' },
    ],
    volumeMounts: [{ name: 'data', mountPath: '/data' }],
    imagePullPolicy: 'IfNotPresent',
  })),
  nodeSelector: { 'kubernetes.io/os': 'linux' },
  restartPolicy: 'Always',
})

const labels = { app: 'web', tier: 'front' }
const deployment = {
  metadata: { name: 'web', namespace: 'default', labels },
  spec: {
    replicas: 3,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: pod(3) },
  },
}

const types = protobuf.Root.fromJSON({ nested: typesOf('Deployment') })
const type = types.lookupType('Deployment')
const message = Buffer.from(type.encode(type.fromObject(deployment)).finish())

const text = (number: number, value: string): Buffer =>
  Buffer.concat([Buffer.from([number * 8 + 2, value.length]), Buffer.from(value)])
/** The message as a request carries it: the prefix, then an envelope with its type. */
const envelope = protobuf.Type.fromJSON('Envelope', {
  fields: { meta: { id: 1, type: 'bytes' }, raw: { id: 2, type: 'bytes' } },
})
const meta = Buffer.concat([text(1, 'apps/v1'), text(2, 'Deployment')])
const body = Buffer.concat([Buffer.from('k8s\0'), envelope.encode({ meta, raw: message }).finish()])

const expected = { apiVersion: 'apps/v1', kind: 'Deployment', ...deployment }
if (!isDeepStrictEqual(readProtobuf(body), expected))
  throw new Error('the reader of the lab does not read what protobufjs has encoded')

/** Bodies per second, over half a second. */
function throughput(read: () => unknown): number {
  const began = performance.now()
  let count = 0
  while (performance.now() - began < 500) {
    for (let turn = 0; turn < 100; turn += 1) read()
    count += 100
  }
  return count / ((performance.now() - began) / 1000)
}

/** The readers, without the tables of messages: the API server has loaded them for OpenAPI. */
const loads: Readonly<Record<string, string>> = {
  'lab/kube/protobuf': '#lab/kube/protobuf/read-protobuf.ts',
  'protobufjs/light': 'protobufjs/light.js',
  protobufjs: 'protobufjs',
}

/** ms that an import takes in a process that has already loaded the lab's API server. */
async function loadTime(module: string): Promise<number> {
  const script =
    "await import('#lab/kube/api-server.ts');" +
    'const began = performance.now();' +
    `await import('${module}');` +
    'process.stdout.write(String(performance.now() - began))'
  const { stdout } = await $({
    cwd: root,
    quiet: true,
  })`${node} --input-type=module --eval ${script}`
  return Number(stdout)
}

const times = new Map(Object.keys(loads).map(name => [name, [] as number[]]))
for (let run = 0; run < processes; run += 1)
  for (const [name, module] of Object.entries(loads)) times.get(name)?.push(await loadTime(module))
echo(`load in ms, median of ${processes} processes each, taken in turn`)
for (const [name, all] of times) echo(`${name.padEnd(22)} ${median(all).toFixed(1)}`)

const readers: Readonly<Record<string, () => unknown>> = {
  'lab/kube/protobuf': () => readProtobuf(body),
  'protobufjs/light': () => type.toObject(type.decode(message), { longs: Number, bytes: String }),
}
const rates = new Map(Object.keys(readers).map(name => [name, [] as number[]]))
for (let round = 0; round < rounds; round += 1)
  for (const [name, read] of Object.entries(readers)) rates.get(name)?.push(throughput(read))
echo(`bodies of ${body.length} bytes per second, median of ${rounds} rounds, taken in turn`)
for (const [name, all] of rates) echo(`${name.padEnd(22)} ${median(all).toFixed(0)}`)
