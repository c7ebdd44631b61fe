// The nightly run as a CronJob: its manifests by the gate, its roles, the nodes that it avoids, and
// its life in the lab's cluster.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { callOf } from '#src/commands/call.ts'
import { openKube, type Kube } from '#src/kubernetes/client.ts'
import { resources } from '#src/kubernetes/kinds.ts'
import { parsePolicy } from '#helpers/policy.ts'
import { nextOf } from '#helpers/kubernetes/nightly/scheduler.ts'
import joelclaw from '#clusters/joelclaw/policy.ts'
import { newLab, policy } from '#tests/contract/world.ts'
import { holdfasts } from '#tests/project/process.ts'
import { schedule } from './timers.ts'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-cron-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const objectShape = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
})
type Printed = z.infer<typeof objectShape>

async function printed(words = ''): Promise<readonly Printed[]> {
  const line = `install --timer kubernetes --print ${words}`.trim()
  const { text } = await schedule(newLab().runtime, line)
  return parseAllDocuments(text).map(document => objectShape.parse(document.toJS()))
}
const ofKind = (objects: readonly Printed[], kind: string): Printed => {
  const found = objects.find(object => object.kind === kind)
  if (found === undefined) throw new Error(`no ${kind}`)
  return found
}

/** A policy of two nodes, of which the drills take down the first. */
function twoNodes(): string {
  const [first] = joelclaw.nodes
  const second = { name: 'worker-1', role: 'worker', labels: {} }
  const path = join(folder, 'two-nodes.json')
  const { host: _, ...rest } = joelclaw
  const nightly = { drills: 1, rotation: ['node-container-killed', 'image-missing'] }
  const data = { ...rest, nodes: [first, second], nightly }
  parsePolicy(data, path)
  writeFileSync(path, JSON.stringify(data))
  return path
}

describe('the manifests', () => {
  test.each(['joelclaw', 'sandbox'])('are clean by the gate and the policy %s', async cluster => {
    const install = [
      'schedule',
      'install',
      '--timer',
      'kubernetes',
      '--print',
      '--cluster',
      cluster,
    ]
    const [shown] = await holdfasts([[...install, '--apply', '--yes']])
    const file = join(folder, `${cluster}.yaml`)
    writeFileSync(file, shown?.stdout ?? '')
    writeFileSync(
      join(folder, 'latest.yaml'),
      (shown?.stdout ?? '').replace(/holdfast:\S+/, 'x:latest'),
    )
    const [clean, broken] = await holdfasts([
      ['gate', file, '--cluster', cluster],
      ['gate', join(folder, 'latest.yaml'), '--cluster', cluster],
    ])
    expect(clean).toMatchObject({ code: 0, stdout: expect.stringContaining('clean') })
    expect(broken?.code).toBe(1)
  })

  test('keep nights apart, end them, and remember a few', async () => {
    expect(ofKind(await printed('--at 02:30'), 'CronJob')).toMatchObject({
      spec: {
        schedule: '30 2 * * *',
        timeZone: 'Etc/UTC',
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: 3_600,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 3,
        jobTemplate: { spec: { backoffLimit: 0, activeDeadlineSeconds: 1_800 } },
      },
    })
  })

  test('meet the standard that the namespace enforces', async () => {
    const objects = await printed()
    expect(ofKind(objects, 'Namespace').metadata).toMatchObject({
      labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
    })
    const pod = {
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    }
    expect(ofKind(objects, 'CronJob')).toMatchObject({
      spec: { jobTemplate: { spec: { template: { spec: pod } } } },
    })
  })

  test('let a night that looks read, and a night that heals also write', async () => {
    const rule = z.object({ verbs: z.array(z.string()), resources: z.array(z.string()) })
    const writes = async (words: string): Promise<readonly string[]> =>
      (await printed(words))
        .flatMap(object => z.array(rule).catch([]).parse(object['rules']))
        .flatMap(({ verbs, resources: kinds }) =>
          verbs.filter(verb => !['get', 'list', 'watch'].includes(verb)).map(() => kinds.join()),
        )
    expect(await writes('')).toEqual([])
    expect(await writes('--apply')).toContain('nodes')
    const drilling = await writes('--apply --yes --drills 1')
    expect(drilling.length).toBeGreaterThan((await writes('--apply')).length)
  })
})

describe('the node of the night', () => {
  const podOf = async (words: string) =>
    z
      .object({
        spec: z.object({
          jobTemplate: z.object({
            spec: z.object({
              template: z.object({
                spec: z.object({
                  affinity: z.unknown().optional(),
                  tolerations: z.array(z.object({ key: z.string() })),
                }),
              }),
            }),
          }),
        }),
      })
      .parse(ofKind(await printed(words), 'CronJob')).spec.jobTemplate.spec.template.spec

  test('is none that its drills take down', async () => {
    const { affinity, tolerations } = await podOf(`--cluster ${twoNodes()} --yes`)
    expect(JSON.stringify(affinity)).toContain(
      '{"key":"metadata.name","operator":"NotIn","values":["joelclaw-controlplane-1"]}',
    )
    expect(tolerations.map(({ key }) => key)).toContain('node.kubernetes.io/unschedulable')
  })

  test('is any that serves where nothing is drilled', async () => {
    const { affinity, tolerations } = await podOf(`--cluster ${twoNodes()}`)
    expect(affinity).toBeUndefined()
    expect(tolerations.map(({ key }) => key)).toEqual(['node-role.kubernetes.io/control-plane'])
  })

  test('of a cluster of one node is that one, and install says what this means', async () => {
    const { text } = await schedule(newLab().runtime, 'install --timer kubernetes --yes')
    expect(text).toContain(
      'Its drills take down every node of the policy (joelclaw-controlplane-1), and the night with',
    )
    expect((await podOf('--yes')).affinity).toBeUndefined()
  })
})

describe("in the lab's cluster", () => {
  const patience = 10_000
  const words = (deed: string): string => `${deed} --timer kubernetes`
  const kubeOf = (lab: ReturnType<typeof newLab>): Promise<Kube> =>
    openKube(callOf(lab, patience), policy.identity)
  const names = async (kube: Kube): Promise<readonly string[]> =>
    (
      await Promise.all(
        [resources.cronjobs, resources.configmaps, resources.serviceaccounts].map(kind =>
          kube.list(kind, { namespace: 'holdfast' }),
        ),
      )
    )
      .flat()
      .map(({ kind, metadata }) => `${kind} ${metadata.name}`)
      .filter(name => name.includes('holdfast'))

  test('install applies, again changes nothing, and remove leaves nothing', async () => {
    const lab = newLab()
    const kube = await kubeOf(lab)
    expect(await schedule(lab.runtime, words('install'))).toMatchObject({
      code: 0,
      text: expect.stringContaining('+ CronJob holdfast/holdfast-nightly\n'),
    })
    expect(await names(kube)).toEqual([
      'CronJob holdfast-nightly',
      'ConfigMap holdfast-nightly',
      'ServiceAccount holdfast-nightly',
    ])
    const again = await schedule(lab.runtime, words('install'))
    expect(again.text).toContain('It is in place already; nothing was changed.')
    const changed = await schedule(lab.runtime, words('install --at 04:05'))
    expect(changed.text).toMatch(/-\s+schedule: 17 3 \* \* \*\n\s+\+\s+schedule: 5 4 \* \* \*/)
    expect((await schedule(lab.runtime, words('remove'))).text).toContain('Removed.\n')
    expect(await names(kube)).toEqual([])
    expect((await schedule(lab.runtime, words('remove'))).text).toContain('nothing was removed')
  })

  test('a night that no longer heals loses the roles for it', async () => {
    const lab = newLab()
    await schedule(lab.runtime, words('install --apply'))
    const { text } = await schedule(lab.runtime, words('install'))
    expect(text).toContain('- Role kube-system/holdfast-nightly\n')
    expect((await schedule(lab.runtime, words('install'))).text).toContain('in place already')
  })

  test('an object of that name that is not ours stays', async () => {
    const lab = newLab()
    const kube = await kubeOf(lab)
    await kube.create(resources.namespaces, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'holdfast' },
    })
    const metadata = { name: 'holdfast-nightly', namespace: 'holdfast' }
    await kube.create(resources.configmaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data: { whose: 'mine' },
    })
    for (const deed of ['install', 'remove'])
      await expect(schedule(lab.runtime, words(deed))).rejects.toThrow(
        'ConfigMap holdfast/holdfast-nightly: it is there, and holdfast schedule install did not',
      )
    expect(await kube.get(resources.configmaps, 'holdfast-nightly', 'holdfast')).toMatchObject({
      data: { whose: 'mine' },
    })
  })

  test('an API that does not answer is named, and nothing else is tried', async () => {
    const lab = newLab()
    await lab.runtime.shell.run(['docker', 'stop', 'joelclaw-controlplane-1'], {
      deadline: 60_000,
    })
    await expect(schedule(lab.runtime, words('install'))).rejects.toThrow(
      '--timer kubernetes cannot be used: ',
    )
  })
})

test.each([
  ['17 3 * * *', '2026-11-21T12:00:00Z', '2026-11-22T03:17:00Z'],
  ['17 3 * * *', '2026-11-21T03:16:59Z', '2026-11-21T03:17:00Z'],
])('%s, seen at %s, is next at %s', (cron, now, next) => {
  expect(nextOf(cron, Date.parse(now))).toBe(Date.parse(next))
})
test('another kind of schedule has no next time that is known', () => {
  expect(nextOf('*/5 * * * *', 0)).toBeUndefined()
})
