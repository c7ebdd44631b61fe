// The PATH folder of a served lab: programs as real processes that share one world.
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ServedLab } from '#lab/serve/index.ts'
import { ask, run, send, servedLab, start } from './stage.ts'

let served: ServedLab
beforeAll(async () => {
  // Starting a VM takes half a minute in the lab.
  served = await servedLab({ speed: 100, kubectl: true })
})
afterAll(() => served.stop())

const program = (name: string, ...args: readonly string[]): readonly string[] => [
  join(served.programs, name),
  ...args,
]
const node = 'joelclaw-controlplane-1'

describe('programs', () => {
  test('print the output of the simulated programs, and exit with their codes', async () => {
    const status = await run(program('colima', 'status', '--json'))
    expect([status.code, JSON.parse(status.stdout)]).toEqual([
      0,
      expect.objectContaining({
        runtime: 'docker',
        docker_socket: `unix://${served.home}/.colima/default/docker.sock`,
      }),
    ])
    expect(
      await run(program('docker', 'inspect', '--format', '{{.State.Status}}', node)),
    ).toMatchObject({ code: 0, stdout: 'running\n' })
    expect(await run(program('docker', 'inspect', 'nope'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nope'),
    })
    expect(await run(program('launchctl', 'print', 'gui/501/nope'))).toMatchObject({ code: 113 })
    expect((await run(program('ps', '-axo', 'pid=,args='))).stdout).toContain(
      `${served.home}/.local/bin/talon`,
    )
  })

  test('receive their input and their arguments unchanged', async () => {
    const config = join(served.home, '.colima', '_lima', 'colima', 'ssh.config')
    expect(
      await run(program('ssh', '-F', config, 'lima-colima', '--', 'echo', "'a  b'"), {
        stdin: 'unread',
      }),
    ).toMatchObject({ code: 0, stdout: 'a  b\n' })
  })

  test('that hang take their command with them when they are killed', async () => {
    served.lab.host.faultControls.freezeVm(true)
    const hanging = start(program('docker', 'ps'))
    await expect(
      Promise.race([hanging.ended, new Promise(done => setTimeout(done, 300, 'hangs'))]),
    ).resolves.toBe('hangs')
    hanging.child.kill('SIGKILL')
    expect((await hanging.ended).code).toBeNull()
    served.lab.host.faultControls.freezeVm(false)
    expect((await run(program('docker', 'ps'))).code).toBe(0)
  })

  test('the lab’s own kubectl lists its contexts', async () => {
    expect(await run(program('kubectl', 'config', 'current-context'))).toMatchObject({
      code: 0,
      stdout: 'admin@joelclaw-1\n',
    })
    expect(await run(program('kubectl', 'get', 'pods'))).toMatchObject({
      code: 1,
      stderr: 'error: unknown command "get" for "kubectl"\n',
    })
  })
})

describe('files', () => {
  const config = (): string => join(served.home, '.kube', 'config')

  test('that a program writes are visible to all', async () => {
    rmSync(config())
    await run(
      program('talosctl', 'kubeconfig', '--force', '--force-context-name', 'again', config()),
    )
    expect(readFileSync(config(), 'utf8')).toContain('name: again')
    expect((statSync(config()).mode & 0o777).toString(8)).toBe('600')
  })

  test('that others write are visible to programs', async () => {
    writeFileSync(config(), readFileSync(config(), 'utf8').replaceAll('again', 'elsewhere'))
    expect(
      (await run(program('kubectl', 'config', 'get-contexts', '-o', 'name'))).stdout.split('\n'),
    ).toContain('elsewhere')
  })

  test('of backups have a size and an age, and take no disk space', () => {
    const [folder] = served.moved(['/Volumes/three-body/backups/typesense'])
    expect(folder).toBe(join(served.folder, 'volumes', 'three-body', 'backups', 'typesense'))
    const files = readdirSync(folder)
      .toSorted()
      .map(name => statSync(join(folder, name)))
    expect(files.map(({ size }) => size)).toEqual([3_400_000_000, 3_400_000_000, 3_400_000_000])
    expect(files.filter(({ blocks }) => blocks * 512 > 2 ** 20)).toEqual([])
    const [oldest, older, newest] = files.map(({ mtimeMs }) => Math.round(mtimeMs / 3_600_000))
    expect([(older ?? 0) - (oldest ?? 0), (newest ?? 0) - (older ?? 0)]).toEqual([24, 24])
  })
})

test('programs and API share one world: colima stops the API and starts it again', async () => {
  await run(program('colima', 'stop', '--force'))
  expect((await run(program('colima', 'status'))).code).toBe(1)
  await expect(send(served, '/readyz', { token: served.token })).rejects.toThrow('fetch failed')
  expect((await run(program('colima', 'start'))).code).toBe(0)
  await expect
    .poll(
      async () =>
        (await send(served, '/readyz', { token: served.token }).catch(() => undefined))?.status,
      { timeout: 20_000, interval: 100 },
    )
    .toBe(200)
  // The host's own kubeconfig still has the port from before the start. That of the lab leads to
  // the present one.
  await expect
    .poll(async () => (await ask(served, `/api/v1/nodes/${node}`).catch(() => undefined))?.status, {
      timeout: 20_000,
      interval: 100,
    })
    .toBe(200)
})

test('programs of a stopped lab report that it has stopped', async () => {
  const other = await servedLab()
  const path = join(other.programs, 'colima')
  const text = readFileSync(path, 'utf8')
  await other.stop()
  expect(existsSync(other.folder)).toBe(false)
  const left = join(served.folder, 'left-behind')
  writeFileSync(left, text, { mode: 0o700 })
  expect(await run([left, 'status'])).toMatchObject({
    code: 69,
    stdout: '',
    stderr: expect.stringContaining('does not answer'),
  })
})
