// Two machines and one cluster: one machine undoes the journal of the other and reports it, and the
// other does not undo it again.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findPendingJournals } from '#src/runs/recovery/pending-journals.ts'
import { undoPending } from '#src/runs/recovery/leftovers.ts'
import { begin, recoverPrevious } from '#src/runs/recovery/recover.ts'
import { settingsFrom } from '#src/runs/settings.ts'
import { journalFolder, journalFor } from '#src/runs/process/state.ts'
import { faults } from '#helpers/faults.ts'
import { pauseContainer } from '#helpers/docker/faults.ts'
import { cordon } from '#helpers/kubernetes/faults/nodes.ts'
import { inject } from '#src/engine/drill/inject.ts'
import type { Node, Policy, Runtime } from '#src/model/index.ts'
import type { Lab } from '#lab/lab.ts'
import { drillOf, newLab, nodeName, policy, runtimeOf } from '#tests/drills/stage.ts'

const world = policy.cluster
const settings = settingsFrom({})
let folders: Record<'panda' | 'koala', string>
beforeEach(() => {
  folders = {
    panda: mkdtempSync(join(tmpdir(), 'holdfast-panda-')),
    koala: mkdtempSync(join(tmpdir(), 'holdfast-koala-')),
  }
})
afterEach(() => {
  delete env['HOLDFAST_STATE']
  for (const folder of Object.values(folders)) rmSync(folder, { recursive: true, force: true })
})

/** Makes this process run as that machine from now on. */
const on = (machine: keyof typeof folders): void => {
  env['HOLDFAST_STATE'] = folders[machine]
}
const isCordoned = (lab: Lab): boolean =>
  lab.context.store.get<Node>('Node', undefined, nodeName)?.spec?.unschedulable === true
const inCluster = (lab: Lab): number =>
  lab.context.store
    .list('ConfigMap')
    .filter(
      ({ metadata: { namespace, name } }) =>
        namespace === 'holdfast' && name.startsWith('journal-'),
    ).length
const onDisk = (machine: keyof typeof folders): number => {
  on(machine)
  try {
    return readdirSync(journalFolder(world)).length
  } catch {
    return 0
  }
}

/** A drill that cordons the node and is then killed. */
async function killedIn(lab: Lab, journal: 'cluster' | 'local' = 'cluster'): Promise<void> {
  on('panda')
  const runtime = runtimeOf(lab)
  const noted = journalFor(world, drillOf('node-comes-back-cordoned'), {
    runtime,
    policy,
    settings: { journal },
    tell: () => {},
  })
  await inject(cordon({ node: nodeName }), 0, {
    context: { runtime, policy, signal: new AbortController().signal },
    faults,
    journal: noted,
    add: () => {},
  })
}

/** Starts holdfast on one of the machines. Returns its messages. */
async function start(
  lab: Lab,
  machine: keyof typeof folders,
): Promise<{ said: readonly string[]; undone: number }> {
  on(machine)
  const said: string[] = []
  const runtime = runtimeOf(lab)
  const seen = await findPendingJournals(world, runtime, policy)
  said.push(...seen.notes)
  await undoPending(seen.left, { runtime, policy, settings, tell: message => said.push(message) })
  await seen.tidy()
  return {
    said: said.map(text =>
      text.replaceAll(/ of \d{4}-\S+ \([^)]*\)\)|\d{4}-[\d-]+T[\d:.]+Z|\w+@\w+ \(pid \d+\)/g, '…'),
    ),
    undone: seen.left.length,
  }
}

describe('another machine', () => {
  test('undoes the copy in the cluster: the first machine then undoes nothing', async () => {
    const lab = newLab()
    await killedIn(lab)
    expect([isCordoned(lab), inCluster(lab), onDisk('panda'), onDisk('koala')]).toEqual([
      true,
      1,
      1,
      0,
    ])
    expect(await start(lab, 'koala')).toEqual({
      said: [
        'undoing what node-comes-back-cordoned… has left behind, from its copy in the cluster',
        `undone: cordon ${nodeName}`,
      ],
      undone: 1,
    })
    expect([isCordoned(lab), inCluster(lab), onDisk('panda')]).toEqual([false, 1, 1])
    // A person cordons the node for other reasons, so no undo may revert it.
    lab.context.store.update<Node>(
      'Node',
      undefined,
      nodeName,
      draft => void ((draft.spec ??= {}).unschedulable = true),
    )
    expect(await start(lab, 'panda')).toEqual({
      said: ['node-comes-back-cordoned of … was undone by …'],
      undone: 0,
    })
    expect([isCordoned(lab), inCluster(lab), onDisk('panda')]).toEqual([true, 0, 0])
  })

  test('cannot see a journal that --journal local kept on the first machine', async () => {
    const lab = newLab()
    await killedIn(lab, 'local')
    expect([inCluster(lab), (await start(lab, 'koala')).undone, isCordoned(lab)]).toEqual([
      0,
      0,
      true,
    ])
    expect([(await start(lab, 'panda')).undone, isCordoned(lab), onDisk('panda')]).toEqual([
      1,
      false,
      0,
    ])
  })

  test('and the first one at once undo it, and no journal stays open', async () => {
    const lab = newLab()
    await killedIn(lab)
    const [one, other] = [start(lab, 'panda'), start(lab, 'koala')]
    await Promise.all([one, other])
    await start(lab, 'panda')
    expect([isCordoned(lab), inCluster(lab), onDisk('panda')]).toEqual([false, 0, 0])
  })
})

test('without the API the first machine undoes, and tidies the cluster afterwards', async () => {
  const lab = newLab()
  await killedIn(lab)
  on('panda')
  // The node answers, but holdfast's own objects are unreachable.
  const restore = lab.api.disturb(({ path }) =>
    path.includes('/namespaces/holdfast/')
      ? { kind: 'whole', status: 503, headers: {}, body: '{}' }
      : undefined,
  )
  const { said } = await start(lab, 'panda').catch((error: unknown) => ({ said: [String(error)] }))
  expect(
    said
      .filter(text => /could not be asked|only on this machine|undone/.test(text))
      .map(text => text.split(':')[0]),
  ).toEqual([
    'the cluster could not be asked for what other machines have left',
    'the journal has no copy in the cluster, only on this machine',
    'undone',
  ])
  expect([isCordoned(lab), inCluster(lab), onDisk('panda')]).toEqual([false, 1, 1])
  restore()
  expect(await start(lab, 'panda')).toEqual({ said: [], undone: 0 })
  expect([inCluster(lab), onDisk('panda')]).toEqual([0, 0])
})

describe('a start that only looks', () => {
  const live = (lab: Lab): Runtime => ({
    ...runtimeOf(lab),
    target: { kind: 'live', description: 'as if it were live' },
  })
  const about = (lab: Lab): Policy => ({
    ...policy,
    identity: {
      ...policy.identity,
      kubeSystemUid: lab.context.store.get('Namespace', undefined, 'kube-system')!.metadata.uid!,
    },
  })

  test('undoes what is left, and reports it', async () => {
    const lab = newLab()
    await killedIn(lab)
    const said: string[] = []
    await recoverPrevious({
      runtime: live(lab),
      policy: about(lab),
      settings,
      tell: message => said.push(message),
    })
    expect([said.at(-1), isCordoned(lab), inCluster(lab), onDisk('panda')]).toEqual([
      `undone: cordon ${nodeName}`,
      false,
      0,
      0,
    ])
    expect(lab.context.store.get('Lease', 'holdfast', 'holdfast')).toMatchObject({
      spec: { leaseTransitions: 0 },
    })
  })

  test('leaves it with --no-recover, and reports it', async () => {
    const lab = newLab()
    await killedIn(lab)
    const said: string[] = []
    await recoverPrevious({
      runtime: live(lab),
      policy: about(lab),
      settings: settingsFrom({ HOLDFAST_NO_RECOVER: '1' }),
      tell: message => said.push(message),
    })
    expect([said.map(text => text.split(' of ')[0]), isCordoned(lab)]).toEqual([
      ['left as it is, as --no-recover wants it: node-comes-back-cordoned'],
      true,
    ])
  })

  test('writes nothing if nothing is left', async () => {
    const lab = newLab()
    on('panda')
    const before = lab.api.log.length
    await recoverPrevious({ runtime: live(lab), policy: about(lab), settings, tell: () => {} })
    expect(lab.api.log.slice(before).map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /api/v1/namespaces/holdfast/configmaps',
    ])
  })
})

describe('a drill that took the API away, killed', () => {
  test('is undone by its machine’s next start before the identity is checked', async () => {
    const lab = newLab()
    on('panda')
    const runtime: Runtime = {
      ...runtimeOf(lab),
      target: { kind: 'live', description: 'as if it were live' },
    }
    const about: Policy = {
      ...policy,
      identity: {
        ...policy.identity,
        kubeSystemUid: lab.context.store.get('Namespace', undefined, 'kube-system')!.metadata.uid!,
      },
    }
    const journal = journalFor(world, drillOf('node-container-paused'), {
      runtime,
      policy: about,
      settings,
      tell: () => {},
    })
    await inject(pauseContainer({ container: nodeName }), 0, {
      context: { runtime, policy: about, signal: new AbortController().signal },
      faults,
      journal,
      add: () => {},
    })
    const said: string[] = []
    const hold = await begin(
      { runtime, policy: about, settings, tell: message => said.push(message) },
      { doing: 'drill api-port-drifts' },
    )
    expect(said.map(text => text.split(/[,:;]/)[0])).toEqual([
      'the cluster does not answer',
      'others are kept away on this machine only',
      'the cluster could not be asked for what other machines have left',
      expect.stringMatching(/^undoing what node-container-paused/),
      'undone',
    ])
    expect(lab.context.store.get('Lease', 'holdfast', 'holdfast')).toMatchObject({
      metadata: { annotations: { 'holdfast/doing': 'drill api-port-drifts' } },
    })
    await hold.release()
    // The copy could not be deleted while the API was down. The next start deletes it.
    await recoverPrevious({ runtime, policy: about, settings, tell: () => {} })
    expect([lab.host.machines[0]?.state, inCluster(lab), onDisk('panda')]).toEqual([
      'running',
      0,
      0,
    ])
  })

  test('is not undone if another cluster answers', async () => {
    const lab = newLab()
    await killedIn(lab)
    const runtime: Runtime = {
      ...runtimeOf(lab),
      target: { kind: 'live', description: 'as if it were live' },
    }
    const other: Policy = {
      ...policy,
      identity: { ...policy.identity, kubeSystemUid: '00000000-0000-4000-8000-000000000000' },
    }
    await expect(
      begin({ runtime, policy: other, settings, tell: () => {} }, { doing: 'heal' }),
    ).rejects.toThrow('is another cluster')
    expect([isCordoned(lab), onDisk('panda')]).toEqual([true, 1])
  })
})
