// A finding about a member of an object names that member, and a certain change removes the
// finding.
import { expect, test } from 'vitest'
import { judgeAll } from '#src/engine/evaluate/judge.ts'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import {
  nameOf,
  type Finding,
  type KubeObject,
  type Path,
  type Policy,
  type Snapshot,
} from '#src/model/index.ts'
import { changed } from './rules/changed.ts'
import { boot, invariants, joelclaw } from './world.ts'

const { snapshot } = await evaluate(invariants, boot().runtime, joelclaw)

/** The same evaluation with changed objects of one kind. */
function withKind(
  plural: string,
  change: (objects: readonly KubeObject[]) => readonly KubeObject[],
): Snapshot {
  const key = `kubernetes.${plural}`
  const answer = snapshot.answers[key]
  if (answer?.kind !== 'known') throw new Error(`nobody has asked for ${plural}`)
  return {
    ...snapshot,
    answers: {
      ...snapshot.answers,
      [key]: { ...answer, value: change(answer.value as readonly KubeObject[]) },
    },
  }
}

/** Sets or removes one member of one object. */
const set =
  (kind: string, name: string, path: Path, to: unknown) =>
  (objects: readonly KubeObject[]): readonly KubeObject[] =>
    objects.map(object =>
      object.metadata.name !== name
        ? object
        : changed(object, [
            {
              code: 'set',
              seen: '',
              expected: '',
              remedy: '',
              change: to === undefined ? { removed: true } : { to },
              at: {
                kind,
                name,
                ...(object.metadata.namespace === undefined
                  ? {}
                  : { namespace: object.metadata.namespace }),
                path,
              },
            },
          ]),
    )

const found = (
  now: Snapshot,
  policy: Policy,
): readonly (readonly [name: string, finding: Finding])[] => {
  const before = new Map(
    judgeAll(invariants, snapshot, joelclaw).map(judgement => [
      nameOf(judgement),
      judgement.verdict,
    ]),
  )
  return judgeAll(invariants, now, policy).flatMap(judgement => {
    const { verdict } = judgement
    const was = before.get(nameOf(judgement))
    const known = new Set(
      was !== undefined && 'findings' in was ? was.findings.map(({ code }) => code) : [],
    )
    return verdict.kind === 'violated'
      ? verdict.findings
          .filter(({ code }) => !known.has(code))
          .map(finding => [judgement.invariant, finding] as const)
      : []
  })
}

const changeText = (change: Finding['change']): string => {
  if (change === undefined) return ''
  if (!('to' in change)) return ` ← ${Object.keys(change).join()}`
  const together = (change.with ?? []).map(
    ({ path, to }) => ` with ${path.join('.')} ← ${JSON.stringify(to)}`,
  )
  return ` ← ${JSON.stringify(change.to)}${together.join('')}`
}

const placeText = (at: Finding['at']): string =>
  at === undefined
    ? 'nowhere'
    : `${at.apiVersion} ${at.kind} ${at.namespace ?? '-'}/${at.name} ${at.path.join('.')}`

const findingText = ([invariant, { code, at, change }]: readonly [string, Finding]): string =>
  `${invariant} ${code} @ ${placeText(at)}${changeText(change)}`

const first: Path = ['spec', 'template', 'spec', 'containers', 0]

interface Case {
  plural: string
  change: (objects: readonly KubeObject[]) => readonly KubeObject[]
  places: readonly string[]
  policy?: Policy
}

const retained: Policy = {
  ...joelclaw,
  storage: {
    ...joelclaw.storage,
    claims: joelclaw.storage.claims.map(claim =>
      claim.name === 'data-redis-0' ? { ...claim, backup: { by: 'retain' } } : claim,
    ),
  },
}

const cases: Readonly<Record<string, Case>> = {
  'a probe is missing': {
    plural: 'statefulsets',
    change: set('StatefulSet', 'redis', [...first, 'readinessProbe'], undefined),
    places: [
      'containers-have-probes probe-missing:readiness @ apps/v1 StatefulSet joelclaw/redis ' +
        'spec.template.spec.containers.0.readinessProbe',
    ],
  },
  'a probe of the host network asks the pod address': {
    plural: 'deployments',
    change: set(
      'Deployment',
      'livekit-server',
      [...first, 'livenessProbe', 'httpGet', 'host'],
      undefined,
    ),
    places: [
      'host-network-probes-pin-loopback probe-host:livenessProbe @ apps/v1 Deployment ' +
        'joelclaw/livekit-server spec.template.spec.containers.0.livenessProbe.httpGet.host ← ' +
        '"127.0.0.1"',
    ],
  },
  'a startup probe is too short': {
    plural: 'deployments',
    change: set(
      'Deployment',
      'livekit-server',
      [...first, 'startupProbe', 'failureThreshold'],
      undefined,
    ),
    places: [
      'startup-outlasts-warm-up startup-too-short @ apps/v1 Deployment joelclaw/livekit-server ' +
        'spec.template.spec.containers.0.startupProbe.failureThreshold ← 24',
    ],
  },
  'a NodePort has the number of the host': {
    plural: 'services',
    change: set('Service', 'bluesky-pds', ['spec', 'ports', 0, 'nodePort'], 9627),
    places: [
      'host-services-use-nodeports wrong-nodeport @ v1 Service joelclaw/bluesky-pds ' +
        'spec.ports.0.nodePort ← 3000',
      'port-table-agrees unlisted-nodeport:9627 @ v1 Service joelclaw/bluesky-pds ' +
        'spec.ports.0.nodePort',
    ],
  },
  'of two ports one has the wrong number': {
    plural: 'services',
    change: set('Service', 'inngest-svc', ['spec', 'ports', 1, 'nodePort'], 8290),
    places: [
      'host-services-use-nodeports wrong-nodeport @ v1 Service joelclaw/inngest-svc ' +
        'spec.ports.1.nodePort ← 8289',
      'port-table-agrees unlisted-nodeport:8290 @ v1 Service joelclaw/inngest-svc ' +
        'spec.ports.1.nodePort',
    ],
  },
  'a Service has become a ClusterIP': {
    plural: 'services',
    change: objects =>
      set(
        'Service',
        'typesense',
        ['spec', 'ports', 0, 'nodePort'],
        undefined,
      )(set('Service', 'typesense', ['spec', 'type'], 'ClusterIP')(objects)),
    places: [
      'host-services-use-nodeports not-a-nodeport @ v1 Service joelclaw/typesense spec.type ← ' +
        '"NodePort" with spec.ports.0.nodePort ← 8108',
    ],
  },
  'a Service is called dkron': {
    plural: 'services',
    change: objects => [
      ...objects,
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'dkron', namespace: 'joelclaw' } },
    ],
    places: ['no-harmful-service-name harmful-name @ v1 Service joelclaw/dkron metadata.name'],
  },
  'an image cannot be had': {
    plural: 'statefulsets',
    change: set(
      'StatefulSet',
      'redis',
      [...first, 'image'],
      'minio/minio:RELEASE.2025-10-15T17-29-55Z',
    ),
    places: [
      'no-unavailable-image unavailable-image:StatefulSet joelclaw/redis @ apps/v1 StatefulSet ' +
        'joelclaw/redis spec.template.spec.containers.0.image',
    ],
  },
  'a webhook is back': {
    plural: 'mutatingwebhookconfigurations',
    change: objects => [
      ...objects,
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingWebhookConfiguration',
        metadata: { name: 'object-store-operator' },
      },
    ],
    places: [
      'conflicting-webhooks-stay-off webhook-on @ admissionregistration.k8s.io/v1 ' +
        'MutatingWebhookConfiguration -/object-store-operator metadata.name',
    ],
  },
  'Dkron is hardened twice': {
    plural: 'statefulsets',
    change: objects =>
      set(
        'StatefulSet',
        'dkron',
        ['spec', 'template', 'spec', 'securityContext', 'runAsNonRoot'],
        true,
      )(set('StatefulSet', 'dkron', [...first, 'securityContext', 'runAsUser'], 1000)(objects)),
    places: [
      'root-where-needed not-root @ apps/v1 StatefulSet joelclaw/dkron ' +
        'spec.template.spec.securityContext.runAsNonRoot ← removed',
      'root-where-needed not-root @ apps/v1 StatefulSet joelclaw/dkron ' +
        'spec.template.spec.containers.0.securityContext.runAsUser ← removed',
    ],
  },
  'a variable and an argument name the old host': {
    plural: 'statefulsets',
    change: objects =>
      set(
        'StatefulSet',
        'dkron',
        [...first, 'env'],
        [{ name: 'URL', value: 'http://host.k3d.internal' }],
      )(set('StatefulSet', 'inngest', [...first, 'args', 1], '--url=host.k3d.internal')(objects)),
    places: [
      'no-legacy-host-alias legacy-host:StatefulSet joelclaw/dkron @ apps/v1 StatefulSet ' +
        'joelclaw/dkron spec.template.spec.containers.0.env.0.value',
      'no-legacy-host-alias legacy-host:StatefulSet joelclaw/inngest @ apps/v1 StatefulSet ' +
        'joelclaw/inngest spec.template.spec.containers.0.args.1',
    ],
  },
}

test.for(Object.entries(cases))(
  '%s',
  ([, { plural, change, places: expected, policy = joelclaw }]) => {
    const now = withKind(plural, change)
    const findings = found(now, policy)
    expect(findings.map(findingText)).toEqual(expected)
    const mended = withKind(plural, objects =>
      change(objects).map(object =>
        changed(
          object,
          findings.map(([, finding]) => finding),
        ),
      ),
    )
    // A change may also remove a finding that has no change of its own, but every finding with a
    // change must go.
    expect(found(mended, policy).filter(([, finding]) => finding.change !== undefined)).toEqual([])
  },
)

test('a volume that is to be retained and is not is named, and its change retains it', () => {
  const findings = found(snapshot, retained).filter(
    ([invariant]) => invariant === 'critical-data-survive',
  )
  expect(
    findings.map(findingText).map(text => text.replaceAll(/pvc-[0-9a-f-]{36}/g, 'pvc-<uid>')),
  ).toEqual([
    'critical-data-survive not-retained @ v1 PersistentVolume -/pvc-<uid> ' +
      'spec.persistentVolumeReclaimPolicy ← "Retain"',
  ])
  const mended = withKind('persistentvolumes', objects =>
    objects.map(object =>
      changed(
        object,
        findings.map(([, finding]) => finding),
      ),
    ),
  )
  expect(
    found(mended, retained).filter(([invariant]) => invariant === 'critical-data-survive'),
  ).toEqual([])
})

test('a finding about no object, or about a missing one, names no member', () => {
  const gone = found(
    withKind('services', objects => objects.filter(({ metadata }) => metadata.name !== 'redis')),
    joelclaw,
  )
  expect(
    gone.filter(([invariant]) => invariant === 'host-services-use-nodeports').map(findingText),
  ).toEqual(['host-services-use-nodeports service-missing @ nowhere'])
})
