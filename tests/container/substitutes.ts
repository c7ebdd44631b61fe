// joelclaw's repaired manifests with substitute programs: small ones that answer on the same ports
// and paths, for a node that cannot run the real ones.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decided } from '#clusters/joelclaw/repaired.ts'
import joelclaw from '#clusters/joelclaw/policy.ts'
import sandbox from '#clusters/sandbox/policy.ts'
import { parseObjects } from '#src/manifests/index.ts'
import type { Container, KubeObject, PodSpec, PolicyInput } from '#src/model/index.ts'
import { repairedFiles } from '#tests/gate/repaired.ts'

const namespace = 'joelclaw'
const here = <T extends { namespace: string }>(list: readonly T[]): T[] =>
  list.filter(one => one.namespace === namespace)

/**
 * LiveKit's NodePort has the number that it listens on, on the network of its node. kube-proxy in
 * its iptables mode refuses connections to
 * a NodePort without endpoints, its own probe on 127.0.0.1 among them: it never gets ready. Here
 * its NodePort is another one.
 * @source measured on a v1.35 node: KUBE-EXTERNAL-SERVICES … "joelclaw/livekit-server:http has no
 * endpoints" … --dport 7880 -j REJECT
 */
const moved = { from: 7880, to: 17_880 }
const movedPort = (number: number): number => (number === moved.from ? moved.to : number)

/**
 * joelclaw's policy as far as one node in a container can fulfil it: its workloads, ports, rules
 * and claims, on a node like the sandbox's.
 */
const policy: PolicyInput = {
  ...sandbox,
  cluster: 'substitutes',
  description: 'substitutes: the repaired manifests of joelclaw, with other programs in them',
  documents: [
    ...new Map(
      [...sandbox.documents, ...joelclaw.documents].map(document => [document.id, document]),
    ).values(),
  ],
  clauses: [
    ...new Map(
      [...sandbox.clauses, ...joelclaw.clauses].map(clause => [clause.id, clause]),
    ).values(),
  ],
  namespaces: [namespace, 'kube-system'],
  workloads: here(joelclaw.workloads),
  ports: here(joelclaw.ports).map(port => ({
    ...port,
    container: movedPort(port.container),
    nodePort: movedPort(port.nodePort),
  })),
  ...(joelclaw.services === undefined ? {} : { services: joelclaw.services }),
  ...(joelclaw.images === undefined ? {} : { images: joelclaw.images }),
  manifests: joelclaw.manifests,
  storage: {
    // The data of the substitutes is worthless.
    claims: here([...joelclaw.storage.claims, ...decided]).map(claim => ({
      ...claim,
      backup: {
        by: 'loss-accepted' as const,
        because: 'the whole node is removed at the end of the run',
      },
    })),
    disks: [],
  },
  drillTargets: {},
  nightly: { drills: 1, rotation: [] },
}

/**
 * The paths that the port table and the probes use. The substitutes answer all of them on each of
 * their ports.
 */
const pages = (container: Container): ReadonlyMap<string, string> =>
  new Map(
    [
      ...policy.ports.flatMap(({ answers }) => (answers.by === 'http' ? [answers.path] : [])),
      ...[container.startupProbe, container.livenessProbe, container.readinessProbe].flatMap(
        probe => probe?.httpGet?.path ?? [],
      ),
    ].map(path => [
      path === '/' ? '/index.html' : path,
      '{"ok":true,"status":200,"version":"substitute","says":"OK"}',
    ]),
  )

const folder = '/www'

function substitute(container: Container): Container {
  const written = [...pages(container)].map(
    ([path, text]) => `mkdir -p $(dirname ${folder}${path}) && echo '${text}' > ${folder}${path}`,
  )
  const served = (container.ports ?? []).map(
    ({ containerPort }) => `httpd -f -p ${containerPort} -h ${folder} &`,
  )
  return {
    ...container,
    image: 'busybox:1.37',
    // The shell handles SIGTERM, which httpd as the first process would ignore.
    command: ['sh', '-c'],
    args: [[...written, "trap 'exit 0' TERM", ...served, 'wait'].join('\n')],
    volumeMounts: [...(container.volumeMounts ?? []), { name: 'www', mountPath: folder }],
  }
}

/**
 * Redis stays as it is. Every Redis 7 works, even one without its protected mode, as the official
 * image is built.
 */
const inPlaceOf = (container: Container): Container =>
  container.name === 'redis'
    ? { ...container, command: [...(container.command ?? []), '--protected-mode', 'no'] }
    : substitute(container)

function withSubstitutes(object: KubeObject): KubeObject {
  const { spec } = object as KubeObject & {
    spec?: { template?: { spec: PodSpec }; ports?: readonly { nodePort?: number }[] }
  }
  if (object.kind === 'Service')
    return {
      ...object,
      spec: {
        ...spec,
        ports: spec?.ports?.map(port =>
          port.nodePort === undefined ? port : { ...port, nodePort: movedPort(port.nodePort) },
        ),
      },
    } as KubeObject
  const pod = spec?.template?.spec
  if (pod === undefined) return object
  const inside = {
    ...pod,
    containers: pod.containers.map(inPlaceOf),
    volumes: [...(pod.volumes ?? []), { name: 'www', emptyDir: {} }],
  }
  return {
    ...object,
    spec: { ...spec, template: { ...spec?.template, spec: inside } },
  } as KubeObject
}

/** Secrets that are created outside of the manifests, with made-up values. */
const secrets = [
  ['typesense-secret', 'api-key'],
  ['livekit-keys', 'keys'],
  ['system-bus-env', 'A'],
  ['bluesky-pds-secrets', 'A'],
].map(([name = '', key = '']) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace },
  stringData: { [key]: 'substitute' },
}))

/**
 * Writes the policy and the manifests into a folder. Returns the path of the policy, as `--cluster`
 * takes it.
 */
export function writeSubstitutes(into: string): string {
  const objects = Object.entries(repairedFiles)
    .flatMap(([file, text]) => parseObjects(text, file))
    .filter(
      ({ kind, metadata }) =>
        metadata.namespace === namespace || (kind === 'Namespace' && metadata.name === namespace),
    )
  mkdirSync(join(into, 'manifests'), { recursive: true })
  writeFileSync(
    join(into, 'manifests', 'all.yaml'),
    [...objects.map(withSubstitutes), ...secrets]
      .map(object => JSON.stringify(object))
      .join('\n---\n'),
  )
  const file = join(into, 'policy.json')
  writeFileSync(file, JSON.stringify(policy))
  return file
}
