// The nightly run as a CronJob on a real node: its manifests, its roles, and whole nights.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from '#tests/project/source.ts'
import { printed, startServer, uidOf } from './machines.ts'
import { buildNightImage, nightImage } from './night-image.ts'
import { timedPolicy } from './timed-policy.ts'

const program = [join(root, 'node_modules/.bin/node'), join(root, 'bin/holdfast.mjs')]
const image = `docker.io/library/${nightImage}`
const folder = mkdtempSync(join(tmpdir(), 'holdfast-night-'))

let server: Awaited<ReturnType<typeof startServer>>
const on = (...words: readonly string[]): Promise<string> => printed(server, ...words)
const kubectl = (...words: readonly string[]): Promise<string> => on('k3s', 'kubectl', ...words)

beforeAll(async () => {
  const host = env['HOLDFAST_HOST_IMAGE']
  if (host === undefined || host === '')
    throw new Error('HOLDFAST_HOST_IMAGE is not set: name an image with systemd and k3s as a unit')
  const archive = buildNightImage(folder)
  server = await startServer(host, [{ source: archive, target: '/night.tar', mode: 'ro' }])
  await on('k3s', 'ctr', '--namespace', 'k8s.io', 'images', 'import', '/night.tar')
  const content = timedPolicy('/etc/rancher/k3s/k3s.yaml', await uidOf(server))
  await server.container.copyContentToContainer([{ content, target: '/etc/timed.json' }])
})
afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** `holdfast schedule` on the machine, about a timer of the cluster. */
async function schedule(...words: readonly string[]): Promise<{ code: number; text: string }> {
  const place = ['--target', 'live', '--cluster', '/etc/timed.json', '--timer', 'kubernetes']
  const { exitCode, output } = await server.container.exec(
    [program, 'schedule', words, place, ['--image', image]].flat(),
  )
  return { code: exitCode, text: output }
}

/** Starts a night now, from the CronJob, and resolves with its log once it has ended. */
async function night(name: string): Promise<string> {
  const own = ['--namespace', 'holdfast']
  await kubectl(...own, 'create', 'job', name, '--from=cronjob/holdfast-nightly')
  const ended = '{.status.conditions[*].type}'
  for (let turn = 0; turn < 120; turn += 1) {
    const conditions = await kubectl(...own, 'get', 'job', name, `--output=jsonpath=${ended}`)
    if (/Complete|Failed/.test(conditions)) return kubectl(...own, 'logs', `job/${name}`)
    await on('sleep', '1')
  }
  throw new Error(`the night ${name} did not end: ${await kubectl(...own, 'describe', 'pods')}`)
}

const only = ['--only', 'recovery.node-not-cordoned']

test('the API server takes the manifests, and a second install changes nothing', async () => {
  const first = await schedule('install', ...only)
  expect(first).toMatchObject({ code: 0, text: expect.stringContaining('Installed.') })
  expect((await schedule('install', ...only)).text).toContain('It is in place already')

  const { text } = await schedule('install', '--print', ...only)
  await server.container.copyContentToContainer([{ content: text, target: '/printed.yaml' }])
  const apply = ['apply', '--server-side', '--dry-run=server', '--force-conflicts']
  expect(await kubectl(...apply, '--filename', '/printed.yaml')).toContain(
    'cronjob.batch/holdfast-nightly serverside-applied (server dry run)',
  )
})

test('a whole night runs with the account that it has, and status tells its end', async () => {
  expect(await night('looks')).toContain('exit 0: everything holds')
  expect(await schedule('status')).toMatchObject({
    code: 0,
    text: expect.stringContaining('exit code 0 (holds)'),
  })
})

test('a night on a cordoned node starts, names the cordon, and may not lift it', async () => {
  await kubectl('cordon', 'h1')
  expect(await night('finds')).toContain('because of nodes-are-schedulable · node h1')
  expect((await schedule('status')).code).toBe(1)
  const may = ['auth', 'can-i', 'patch', 'nodes/h1']
  const account = '--as=system:serviceaccount:holdfast:holdfast-nightly'
  await expect(kubectl(...may, account)).rejects.toThrow('exit 1')
})

test('a night that heals has the roles for it, and no longer once it does not heal', async () => {
  await schedule('install', '--apply', ...only)
  expect(await night('heals')).toMatch(/uncordon +helped/)
  expect(await kubectl('get', 'node', 'h1', '--output=jsonpath={.spec.unschedulable}')).toBe('')
  expect((await schedule('install', ...only)).text).toContain('- Role kube-system/holdfast-nightly')
})

test('remove leaves the namespace and nothing else', async () => {
  expect((await schedule('remove')).code).toBe(0)
  const kinds = 'cronjobs,configmaps,serviceaccounts,roles,rolebindings,clusterroles'
  const all = ['get', `${kinds},clusterrolebindings`, '--all-namespaces', '--output=name']
  expect((await kubectl(...all)).split('\n').filter(name => name.includes('holdfast'))).toEqual([])
  expect(await kubectl('get', 'namespace', 'holdfast', '--output=name')).toBe(
    'namespace/holdfast\n',
  )
})
