// The nightly run under a real systemd: its timer fires, catches up on a missed night, starts
// another unit after a failure, and is removed without a trace. Of the host and of a user.
import { env } from 'node:process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '#tests/project/source.ts'
import { printed, startServer, user } from './machines.ts'
import { timedPolicy } from './timed-policy.ts'

const name = 'holdfast-nightly-timed'
const program = [join(root, 'node_modules/.bin/node'), join(root, 'bin/holdfast.mjs')]

let server: Awaited<ReturnType<typeof startServer>>
const on = (...words: readonly string[]): Promise<string> => printed(server, ...words)
const sh = (script: string): Promise<string> => on('sh', '-c', script)

beforeAll(async () => {
  const image = env['HOLDFAST_HOST_IMAGE']
  if (image === undefined || image === '')
    throw new Error('HOLDFAST_HOST_IMAGE is not set: name an image with systemd and k3s as a unit')
  server = await startServer(image)
  await server.container.copyContentToContainer([
    { content: timedPolicy('/etc/rancher/k3s/k3s.yaml'), target: '/etc/timed.json' },
    { content: timedPolicy('~/.kube/config'), target: `/home/${user}/timed.json`, mode: 0o644 },
    {
      content: '[Service]\nType=oneshot\nExecStart=/usr/bin/touch /run/alerted\n',
      target: '/etc/systemd/system/alert.service',
    },
  ])
})
afterAll(() => server?.stop())

interface Ended {
  code: number
  text: string
}

const only = ['--only', 'recovery.node-not-cordoned']

/** `holdfast schedule` as root, about a timer of the host. */
async function asRoot(...words: readonly string[]): Promise<Ended> {
  const place = ['--target', 'live', '--cluster', '/etc/timed.json', '--reports', '/var/timed']
  const { exitCode, output } = await server.container.exec(
    [program, 'schedule', words, '--system', place, only].flat(),
  )
  return { code: exitCode, text: output }
}

/** The same as a user, about a timer of that user. `runtime`: whether a login made their folder. */
async function asUser(words: string, runtime = true): Promise<Ended> {
  const place = '--target live --cluster ~/timed.json --reports ~/reports'
  const line = [...program, 'schedule', words, place, ...only].join(' ')
  const folder = runtime ? 'XDG_RUNTIME_DIR=/run/user/$(id -u) ' : ''
  const { exitCode, output } = await server.container.exec(['su', '-', user, '-c', folder + line])
  return { code: exitCode, text: output }
}

interface Status {
  active: boolean
  lastRun: { at: string; code: number } | null
  exitCode: number
}
const status = async (): Promise<Status> =>
  JSON.parse((await asRoot('status', '--json')).text) as Status

/** Resolves with the status once a run that began after `since` has ended. */
async function endedAfter(since: string): Promise<Status> {
  for (let turn = 0; turn < 120; turn += 1) {
    const now = await status()
    if (now.lastRun !== null && now.lastRun.at > since && now.lastRun.code !== null) return now
    await sh('sleep 1')
  }
  throw new Error(`no night ended after ${since}: ${JSON.stringify(await status())}`)
}

const none = '2000-01-01T00:00:00.000Z'

describe('a timer of the host', () => {
  test('is installed once, waits for its hour, and has not run yet', async () => {
    const installed = await asRoot('install')
    expect(installed).toMatchObject({ code: 0, text: expect.stringContaining('Installed.') })
    expect(await sh(`systemctl is-enabled ${name}.timer; systemctl is-active ${name}.timer`)).toBe(
      'enabled\nactive\n',
    )
    expect(await sh(`systemd-analyze verify ${name}.service ${name}.timer 2>&1`)).toBe('')
    expect((await asRoot('install')).text).toContain('It is in place already')
    expect(await asRoot('status')).toMatchObject({
      code: 2,
      text: expect.stringContaining('It has not run yet.'),
    })
  })

  test('fires at its hour, and runs a whole night with the carried Node', async () => {
    const at = (await sh('date -d "+61 seconds" +%H:%M')).trim()
    const changed = await asRoot('install', '--at', at)
    expect(changed.text).toContain(`+OnCalendar=*-*-* ${at}:00`)
    const ended = await endedAfter(none)
    expect(ended).toMatchObject({ active: true, lastRun: { code: 0 }, exitCode: 0 })
    expect(await on('journalctl', '--unit', `${name}.service`)).toContain('everything holds')
  })

  test('catches up on a missed night, and starts another unit as it fails', async () => {
    await asRoot('install', '--on-failure', 'alert.service')
    await on('k3s', 'kubectl', 'cordon', 'h1')
    const before = (await status()).lastRun?.at ?? none
    await sh(`systemctl stop ${name}.timer
      touch -d '2 days ago' /var/lib/systemd/timers/stamp-${name}.timer
      systemctl start ${name}.timer`)
    const ended = await endedAfter(before)
    expect(ended).toMatchObject({ lastRun: { code: 1 }, exitCode: 1 })
    expect(await sh('sleep 1; ls /run/alerted')).toBe('/run/alerted\n')
  })

  test('remove leaves nothing of it', async () => {
    expect(await asRoot('remove')).toMatchObject({ code: 0 })
    const left = `find /etc/systemd /var/lib/systemd -name '*${name}*'
      systemctl list-units --all --plain --no-legend '${name}.*'`
    expect(await sh(left)).toBe('')
    expect((await asRoot('remove')).text).toContain('nothing was removed')
  })

  test('a unit of that name that is not ours stays', async () => {
    await sh(`echo '[Timer]' > /etc/systemd/system/${name}.timer`)
    const refused = await asRoot('install')
    expect(refused).toMatchObject({ code: 4, text: expect.stringContaining('did not write it') })
    expect(
      await sh(`cat /etc/systemd/system/${name}.timer; rm /etc/systemd/system/${name}.timer`),
    ).toBe('[Timer]\n')
  })
})

describe('a timer of a user', () => {
  test('needs a manager of that user, and the refusal says how to get one', async () => {
    expect(await asUser('install', false)).toMatchObject({
      code: 64,
      text: expect.stringContaining(`sudo loginctl enable-linger ${user}`),
    })
    expect(await asUser('install --system')).toMatchObject({
      code: 64,
      text: expect.stringContaining('needs root; you are deploy'),
    })
  })

  test('runs, is shown and is removed without root', async () => {
    await sh(`k3s kubectl uncordon h1; loginctl enable-linger ${user}
      install -d -o ${user} /home/${user}/.kube
      install -o ${user} -m 600 /etc/rancher/k3s/k3s.yaml /home/${user}/.kube/config`)
    await sh(
      'for turn in 1 2 3 4 5 6 7 8 9; do ls /run/user/*/systemd/private && break; sleep 1; done',
    )
    expect(await asUser('install')).toMatchObject({ code: 0 })
    const as = `su - ${user} -c`
    await sh(`${as} 'XDG_RUNTIME_DIR=/run/user/$(id -u) systemctl --user start ${name}.service'`)
    expect(await asUser('status')).toMatchObject({
      code: 0,
      text: expect.stringContaining('exit code 0 (holds)'),
    })
    expect(await asUser('remove')).toMatchObject({ code: 0 })
    expect(await sh(`find /home/${user}/.config /home/${user}/.local -name '*${name}*'`)).toBe('')
  })

  test('a folder that is not writable is named', async () => {
    await sh(`chown root /home/${user}/.config/systemd/user`)
    expect(await asUser('install')).toMatchObject({
      code: 64,
      text: expect.stringContaining(`/home/${user}/.config/systemd/user is not writable`),
    })
  })
})
