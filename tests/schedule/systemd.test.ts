// The nightly run as a systemd timer: its two units, and what systemctl's answers mean.
import { describe, expect, test } from 'vitest'
import { scripted, type Script } from '#tests/runtime/scripted.ts'
import { quotedWord } from '#helpers/systemd/unit-file.ts'
import { schedule } from './timers.ts'

const me = { 'id -un': { stdout: 'joel\n' }, 'id -u': { stdout: '1000\n' } }
const root = { 'id -un': { stdout: 'root\n' }, 'id -u': { stdout: '0\n' } }
const noMac = {
  'launchctl print gui/1000': 'missing',
  'launchctl print system': 'missing',
} as const
const name = 'holdfast-nightly-joelclaw'
const shown =
  'LoadState,ActiveState,Result,ExecMainStartTimestamp,ExecMainExitTimestamp,ExecMainCode,' +
  'ExecMainStatus,LastTriggerUSec,NextElapseUSecRealtime'
const show = (kind: 'timer' | 'service'): string =>
  `env TZ=UTC LC_ALL=C systemctl --user show ${name}.${kind} --property=${shown}`

/** The words after `[Section]` in a unit file, by their names. */
function settings(text: string, section: string): Readonly<Record<string, string>> {
  const body = text.split(`[${section}]\n`)[1]?.split('\n\n')[0] ?? ''
  return Object.fromEntries(
    body
      .split('\n')
      .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}

/** The two units as `--print` shows them. */
async function units(words: string, commands: Script['commands'] = me) {
  const { text } = await schedule(
    scripted({ commands }).runtime,
    `install --timer systemd --print ${words}`.trim(),
  )
  const [, servicePath = '', service = '', timerPath = '', timer = ''] =
    text.split(/==> (.*) <==\n/)
  return { servicePath, service, timerPath, timer }
}

describe('the units', () => {
  test('of a user start the carried Node at an hour that survives an absence', async () => {
    const { servicePath, service, timerPath, timer } = await units('--at 02:30')
    expect([servicePath, timerPath]).toEqual([
      `/Users/joel/.config/systemd/user/${name}.service`,
      `/Users/joel/.config/systemd/user/${name}.timer`,
    ])
    expect(settings(timer, 'Timer')).toMatchObject({
      OnCalendar: '*-*-* 02:30:00',
      Persistent: 'true',
    })
    const run = settings(service, 'Service')
    expect(run).toMatchObject({ Type: 'oneshot', KillMode: 'mixed' })
    expect(run['ExecStart']).toMatch(
      /^"\/\S+\/node_modules\/\.bin\/node" "\/\S+\/bin\/holdfast\.mjs" "nightly" "--target" "live"/,
    )
    expect(run['Environment']).toContain('/home/linuxbrew/.linuxbrew/bin')
    expect(run).not.toHaveProperty('User')
  })

  test('of the host name their user, and the unit to start after a failure', async () => {
    const words = '--system --as joel --on-failure alert@holdfast.service'
    const { servicePath, service } = await units(words, root)
    expect(servicePath).toBe(`/etc/systemd/system/${name}.service`)
    expect(settings(service, 'Unit')).toMatchObject({ OnFailure: 'alert@holdfast.service' })
    expect(settings(service, 'Service')).toMatchObject({ User: 'joel' })
  })

  test('quote what systemd would replace', () => {
    expect(quotedWord('a "b" 50% $HOME \\')).toBe(String.raw`"a \"b\" 50%% $$HOME \\"`)
  })

  test('give a night that acts more time than one that looks', async () => {
    const time = async (words: string): Promise<number> =>
      Number(settings((await units(words)).service, 'Service')['TimeoutStartSec'])
    expect(await time('--apply')).toBeGreaterThan(await time(''))
  })
})

describe('status', () => {
  const ours = '# Written by holdfast schedule install'
  const files = {
    [`/Users/joel/.config/systemd/user/${name}.service`]: ours,
    [`/Users/joel/.config/systemd/user/${name}.timer`]: ours,
  }
  const version = { 'systemctl --user show --property=Version --value': { stdout: '252\n' } }
  const linger = (answer: string) => ({
    'loginctl show-user joel --property=Linger --value': { stdout: `${answer}\n` },
  })
  const waiting =
    'LoadState=loaded\nActiveState=active\nNextElapseUSecRealtime=Sun 2026-11-22 03:17:00 UTC\n' +
    'LastTriggerUSec=Sat 2026-11-21 03:17:00 UTC\n'
  const ended = (properties: string): string =>
    `LoadState=loaded\nActiveState=inactive\nExecMainStartTimestamp=Sat 2026-11-21 03:17:00 UTC\n` +
    `ExecMainExitTimestamp=Sat 2026-11-21 03:19:10 UTC\n${properties}\n`

  const status = (service: string, timer = waiting, words = 'status', lingers = 'yes') => {
    const commands = {
      ...me,
      ...noMac,
      ...version,
      ...linger(lingers),
      [show('service')]: { stdout: service },
      [show('timer')]: { stdout: timer },
    }
    return schedule(scripted({ commands, files }).runtime, words)
  }

  test.each([
    ['held', 'ExecMainCode=1\nExecMainStatus=0', 0, 'exit code 0 (holds)'],
    ['found a violation', 'ExecMainCode=1\nExecMainStatus=1', 1, 'exit code 1 (violated'],
    ['left a fault', 'ExecMainCode=1\nExecMainStatus=3', 3, 'exit code 3 (undo incomplete)'],
    ['could not start', 'ExecMainCode=1\nExecMainStatus=203', 2, 'exit code 203 (not one of'],
    ['was killed', 'ExecMainCode=2\nExecMainStatus=9\nResult=timeout', 2, 'ended: timeout'],
  ])('a night that %s', async (_, properties, code, text) => {
    const told = await status(ended(properties))
    expect(told).toEqual({ code, text: expect.stringContaining(text) })
    expect(told.text).toContain('last run  2026-11-21 03:17:00Z')
    expect(told.text).toContain('next run  2026-11-22 03:17:00Z')
  })

  test('after a start of the host the time is known, and the exit code is not', async () => {
    const told = await status('LoadState=loaded\nActiveState=inactive\nExecMainStartTimestamp=\n')
    expect(told.code).toBe(2)
    expect(told.text).toContain('2026-11-21 03:17:00Z, systemd has forgotten it')
  })

  test('a night that was missed is not silent', async () => {
    const old = ended('ExecMainCode=1\nExecMainStatus=0').replaceAll('2026-11-21', '2026-11-19')
    const told = await status(old)
    expect(told).toEqual({ code: 2, text: expect.stringContaining('a night was missed') })
  })

  test('a user whose timers end at the logout is told how to keep them', async () => {
    const told = await status(ended('ExecMainCode=1\nExecMainStatus=0'), waiting, 'status', 'no')
    expect(told.text).toContain('sudo loginctl enable-linger joel')
  })

  test('the same as JSON', async () => {
    const { code, text } = await status(
      ended('ExecMainCode=1\nExecMainStatus=1'),
      waiting,
      'status --json',
    )
    expect(JSON.parse(text)).toEqual({
      title: `timer ${name}.timer of joel`,
      installed: true,
      active: true,
      running: false,
      lastRun: { at: '2026-11-21T03:17:00.000Z', code: 1, why: null },
      nextRun: '2026-11-22T03:17:00.000Z',
      notes: [],
      exitCode: code,
    })
  })
})

describe('mistakes and obstacles', () => {
  const refusal = (commands: Script['commands'], words = 'install'): Promise<unknown> =>
    schedule(scripted({ commands: { ...me, ...noMac, ...commands } }).runtime, words)
  const asks = 'systemctl --user show --property=Version --value'

  test('neither launchctl nor systemctl: both are named, and a way out', async () => {
    await expect(refusal({ [asks]: 'missing' })).rejects.toThrow(
      'No timer can be kept on this host.\n' +
        '  launchd: this host has no launchctl, so it is no Mac.\n' +
        '  systemd: this host has no systemctl, so it has no systemd.\n' +
        'To choose one by name:',
    )
  })

  test.each([
    ['System has not been booted with systemd as init system (PID 1).', 'was not booted with'],
    ['Failed to connect to bus: No medium found', 'sudo loginctl enable-linger joel'],
  ])('systemctl says “%s”', async (stderr, expected) => {
    await expect(refusal({ [asks]: { code: 1, stderr } })).rejects.toThrow(expected)
  })

  test.each([
    ['install --timer sytemd', '--timer sytemd: no platform of that name keeps timers. Did you'],
    ['install --at 25:00', '--at 25:00: give an hour and a minute, e.g. --at 03:17.'],
    ['install --as joel', '--as joel needs --system: a timer of your own runs as you, joel.'],
    ['install --system --as --x', '--as'],
    ['instal', 'Unknown word “instal”: install, status, remove. Did you mean “install”?'],
    ['status --print', '--print shows what install writes; status writes nothing.'],
    ['install now', 'holdfast schedule install takes no more words: “now”.'],
    ['install --on-failure ;rm', '--on-failure ;rm: that is no name of a unit'],
  ])('holdfast schedule %s', async (words, expected) => {
    await expect(async () => refusal({}, words)).rejects.toThrow(expected)
  })
})
