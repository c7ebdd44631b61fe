// The roles that holdfast prints, applied in the lab: enough for every drill, and no more.
import { outcomeReason } from '#src/reporting/sentences.ts'
import { describe, expect, test } from 'vitest'
import { KubeError, openKube, resources } from '#src/kubernetes/client.ts'
import { guardDrill } from '#src/engine/guards/ask.ts'
import { signals } from '#helpers/kubernetes/signals.ts'
import { permissionsOf } from '#src/engine/guards/account-permissions.ts'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import { permissionInWords, type Runtime } from '#src/model/index.ts'
import { invariants } from '#specs/invariants/index.ts'
import {
  drillOf,
  newLab,
  nodeName,
  onJoelclaw,
  policy,
  runtimeOf,
  runIn,
  usersOnly,
} from '#tests/drills/stage.ts'
import { actingAs, applyRoles } from './stage.ts'

const kubeOf = (runtime: Runtime) =>
  openKube({ runtime, deadline: 10_000, signal: new AbortController().signal }, policy.identity)

/** The API's refusal in its own words. Undefined if it allowed the request. */
const refusal = async (attempt: Promise<unknown>): Promise<string | undefined> =>
  attempt.then(
    () => undefined,
    (error: unknown) =>
      error instanceof KubeError ? `${error.status} ${error.reason}` : String(error),
  )

describe('drills under the role that is printed for them alone', () => {
  /** Drills that ask the API for more than reads, and one that needs nearly every fix. */
  const some = onJoelclaw.filter(
    drill =>
      drill.name === 'api-port-drifts' ||
      permissionsOf(policy, { invariants, drills: [drill], signals }).drill.length > 0 ||
      drill.name.startsWith('node-comes-back'),
  )

  test.for(some.map(drill => ({ drill, name: drill.name })))('$name', async ({ drill }) => {
    const lab = newLab()
    applyRoles(lab, policy, [drill])
    const runtime = actingAs(runtimeOf(lab), 'drill')
    // By then the drill has used all its permissions. The stability window needs none.
    const result = await runIn(lab, { ...drill, stability: '5 s' }, { ...usersOnly, runtime })
    expect([result.misses, result.unknown, result.leftBehind]).toEqual([[], [], []])
  })
})

describe('check', () => {
  test('sees everything that an administrator sees', async () => {
    const lab = newLab()
    applyRoles(lab, policy, [])
    const { judgements } = await evaluate(invariants, actingAs(runtimeOf(lab), 'check'), policy)
    expect(judgements.filter(({ verdict }) => verdict.kind === 'unknown')).toEqual([])
  })

  test('may change nothing at all', async () => {
    const lab = newLab()
    applyRoles(lab, policy, onJoelclaw)
    const kube = await kubeOf(actingAs(runtimeOf(lab), 'check'))
    expect(
      await Promise.all([
        refusal(
          kube.patch(resources.nodes, nodeName, undefined, 'merge', {
            spec: { unschedulable: true },
          }),
        ),
        refusal(kube.remove(resources.pods, 'redis-0', 'joelclaw')),
        refusal(kube.patch(resources.services, 'redis', 'joelclaw', 'merge', {})),
        refusal(
          kube.create(resources.configmaps, {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name: 'x', namespace: 'holdfast' },
          }),
        ),
      ]),
    ).toEqual(['403 Forbidden', '403 Forbidden', '403 Forbidden', '403 Forbidden'])
    expect(
      permissionsOf(policy, { invariants, drills: onJoelclaw, signals }).check.filter(
        ({ verb }) => verb !== 'get' && verb !== 'list',
      ),
    ).toEqual([])
  })
})

describe('heal and drill', () => {
  test('cover only the selected drills', async () => {
    const lab = newLab()
    applyRoles(lab, policy, [drillOf('pds-nodeport-reset')])
    const [healing, drilling] = await Promise.all([
      kubeOf(actingAs(runtimeOf(lab), 'heal')),
      kubeOf(actingAs(runtimeOf(lab), 'drill')),
    ])
    const liveness = (kube: typeof healing): Promise<unknown> =>
      kube.patch(resources.statefulsets, 'typesense', 'joelclaw', 'merge', {
        metadata: { labels: { a: 'b' } },
      })
    expect(
      await Promise.all([
        refusal(
          healing.patch(resources.nodes, nodeName, undefined, 'merge', {
            spec: { unschedulable: null },
          }),
        ),
        refusal(healing.get(resources.services, 'bluesky-pds', 'joelclaw')),
        refusal(drilling.get(resources.services, 'bluesky-pds', 'joelclaw')),
        refusal(liveness(drilling)),
        refusal(drilling.remove(resources.configmaps, 'x', 'joelclaw')),
        refusal(
          drilling.create(resources.namespaces, {
            apiVersion: 'v1',
            kind: 'Namespace',
            metadata: { name: 'x' },
          }),
        ),
      ]),
    ).toEqual([
      undefined,
      '403 Forbidden',
      undefined,
      '403 Forbidden',
      '403 Forbidden',
      '403 Forbidden',
    ])
  })
})

describe('a missing permission', () => {
  test('to undo: the drill is refused, and no flag allows it', async () => {
    const typesense = {
      group: 'apps',
      resource: 'statefulsets',
      namespace: 'joelclaw',
      name: 'typesense',
    }
    const lab = newLab()
    applyRoles(lab, policy, [])
    const drill = drillOf('typesense-hangs')
    const verdicts = await guardDrill(drill, actingAs(runtimeOf(lab), 'drill'), policy, {
      active: undefined,
      freeBytes: undefined,
      ownNode: undefined,
      allowed: new Set(['undo-permissions', 'permissions']),
    })
    expect(verdicts.filter(({ kind }) => kind === 'refuses')).toEqual([
      {
        guard: 'undo-permissions',
        kind: 'refuses',
        description: 'the API denies a permission that an undo needs',
        remedy: 'no flag and no policy allows this',
        objections: [
          {
            of: 'get statefulsets.apps typesense in joelclaw',
            kind: 'not-permitted',
            permission: { verb: 'get', ...typesense },
          },
          {
            of: 'patch statefulsets.apps typesense in joelclaw',
            kind: 'not-permitted',
            permission: { verb: 'patch', ...typesense },
          },
        ],
      },
    ])
  })

  test('to heal: the drill is refused before its first write', async () => {
    const lab = newLab()
    applyRoles(lab, policy, [drillOf('node-comes-back-cordoned')])
    const result = await runIn(lab, drillOf('node-comes-back-cordoned'), {
      runtime: actingAs(runtimeOf(lab), 'check'),
    })
    expect(result.outcome.kind).toBe('refused')
    const reason = result.outcome.kind === 'refused' ? outcomeReason(result.outcome) : ''
    const mayAct = 'permissions: the API does not let us delete pods in aistor; '
    expect(reason.split(' · ')).toEqual([
      expect.stringMatching(new RegExp(`^${mayAct}.* \\(to allow it: --allow permissions\\)$`)),
      'undo-permissions: the API does not let us get nodes joelclaw-controlplane-1; ' +
        'the API does not let us patch nodes joelclaw-controlplane-1 ' +
        '(no flag and no policy allows this)',
    ])
    expect(result.timeline.filter(({ phase }) => phase === 'inject')).toEqual([])
  })
})

test('Secrets may be listed only for rules about them, and only in their namespaces', () => {
  const may = (about: typeof policy): readonly string[] =>
    Object.values(permissionsOf(about, { invariants, drills: onJoelclaw, signals }))
      .flat()
      .filter(({ resource }) => resource === 'secrets')
      .map(permissionInWords)
  const { references: _references, ...rules } = policy.manifests
  expect([may(policy), may({ ...policy, manifests: { ...rules, noPlainSecrets: false } })]).toEqual(
    [['list secrets in aistor', 'list secrets in joelclaw'], []],
  )
})

test('every declared permission has its own text', () => {
  const all = Object.values(
    permissionsOf(policy, { invariants, drills: onJoelclaw, signals }),
  ).flat()
  expect(new Set(all.map(permissionInWords)).size).toBe(all.length)
})
