// systemd over ssh, against recorded output of systemd 252.
import { describe, expect, test } from 'vitest'
import { messageOf, scripted, type Answer } from '#tests/runtime/scripted.ts'
import { systemd } from './client.ts'
import { parseJournal } from './journal.ts'
import { parseShow } from './unit-state.ts'

const there = 'ssh -o ConnectTimeout=3 -o BatchMode=yes -l core node-1 --'
const unitOf = (commands: Record<string, Answer>, deadline = 10_000) => {
  const { call, asked } = scripted(
    {
      commands: Object.fromEntries(
        Object.entries(commands).map(([words, answer]) => [`${there} ${words}`, answer]),
      ),
    },
    { deadline },
  )
  return { units: systemd(call, { host: 'node-1', user: 'core' }), asked }
}

const show =
  'env TZ=UTC LC_ALL=C systemctl show k3s ' +
  '--property=LoadState,ActiveState,SubState,Result,MainPID,NRestarts,ActiveEnterTimestamp'
/** In systemd's own order, which differs from the order asked for. */
const shown = (change: Record<string, string> = {}): string =>
  Object.entries({
    MainPID: '1129',
    Result: 'success',
    NRestarts: '0',
    LoadState: 'loaded',
    ActiveState: 'active',
    SubState: 'running',
    ActiveEnterTimestamp: 'Sat 2026-11-21 17:04:09 UTC',
    ...change,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')

describe('the state of a unit', () => {
  test('is read by names, in UTC', async () => {
    const { units } = unitOf({ [show]: { stdout: shown() } })
    expect(await units.show('k3s')).toEqual({
      active: 'active',
      sub: 'running',
      result: 'success',
      pid: 1129,
      restarts: 0,
      activeSince: Date.parse('2026-11-21T17:04:09Z'),
    })
  })

  test('counts the restarts of a unit in a crash loop', () => {
    expect(
      parseShow(
        shown({
          ActiveState: 'activating',
          SubState: 'auto-restart',
          Result: 'exit-code',
          MainPID: '0',
          NRestarts: '17',
          ActiveEnterTimestamp: '',
        }),
      ),
    ).toEqual({
      active: 'activating',
      sub: 'auto-restart',
      result: 'exit-code',
      pid: 0,
      restarts: 17,
      activeSince: 0,
    })
  })

  test('is undefined for a unit that does not exist', () => {
    expect(parseShow('LoadState=not-found\nActiveState=inactive\nSubState=dead\n')).toBeUndefined()
  })

  test('throws for output that it cannot read', () => {
    expect(() => parseShow('')).toThrow('systemctl show printed something else than expected')
    expect(() => parseShow('System has not been booted with systemd as init system')).toThrow(
      'printed something else than expected',
    )
    expect(() => parseShow(shown({ MainPID: 'none' }))).toThrow(
      'printed MainPID without a number: “none”',
    )
    expect(() => parseShow(shown({ ActiveEnterTimestamp: 'Sa 2026-11-21 18:04:09 CET' }))).toThrow(
      'a time outside UTC',
    )
  })

  test.for([
    ['active\n', 0, true],
    ['reloading\n', 0, true],
    ['inactive\n', 3, false],
    ['failed\n', 3, false],
    ['activating\n', 3, false],
    ['unknown\n', 4, false],
  ] as const)('is-active answers %j', async ([stdout, code, is]) => {
    expect(
      await unitOf({ 'systemctl is-active k3s': { stdout, code } }).units.isActive('k3s'),
    ).toBe(is)
  })

  test('is-active rejects where systemctl did not run', async () => {
    expect(
      await messageOf(
        unitOf({
          'systemctl is-active k3s': {
            code: 127,
            stderr: 'bash: line 1: systemctl: command not found\n',
          },
        }).units.isActive('k3s'),
      ),
    ).toBe(
      'ssh node-1 systemctl is-active k3s: exit 127: bash: line 1: systemctl: command not found',
    )
    expect(
      await messageOf(
        unitOf({
          'systemctl is-active k3s': {
            code: 255,
            stderr: 'ssh: connect to host node-1 port 22: No route to host\r\n',
          },
        }).units.isActive('k3s'),
      ),
    ).toBe('ssh to node-1 failed: no route on port 22; check its address')
  })
})

describe('acts on a unit', () => {
  test('use sudo without a password, and no sudo for root', async () => {
    const { units, asked } = unitOf(
      {
        'sudo -n systemctl restart k3s': {},
        'sudo -n systemctl stop k3s': {},
        'sudo -n systemctl start k3s': {},
      },
      120_000,
    )
    await units.restart('k3s')
    await units.stop('k3s')
    await units.start('k3s')
    expect(asked.map(({ deadline }) => deadline)).toEqual([120_000, 120_000, 120_000])
    const root = scripted({
      commands: {
        'ssh -o ConnectTimeout=3 -o BatchMode=yes -l root node-1 -- systemctl restart k3s': {},
      },
    })
    await systemd(root.call, { host: 'node-1', user: 'root' }).restart('k3s')
    expect(root.asked).toHaveLength(1)
  })

  test('report why systemd refused them', async () => {
    const { units } = unitOf({
      'sudo -n systemctl restart k3s': { code: 1, stderr: 'sudo: a password is required\n' },
      'sudo -n systemctl restart gone': {
        code: 5,
        stderr: 'Failed to restart gone.service: Unit gone.service not found.\n',
      },
    })
    expect(await messageOf(units.restart('k3s'))).toBe(
      'ssh node-1 sudo -n systemctl restart k3s: exit 1: sudo: a password is required',
    )
    expect(await messageOf(units.restart('gone'))).toBe(
      'ssh node-1 sudo -n systemctl restart gone: exit 5: Failed to restart gone.service: ' +
        'Unit gone.service not found.',
    )
  })

  test.each(['', '-k3s', 'k3s;reboot', 'k3s docker', '$(reboot)', '--force'])(
    'refuse the unit name “%s” before any command runs',
    async unit => {
      const { units, asked } = unitOf({})
      for (const work of [
        units.restart(unit),
        units.isActive(unit),
        units.show(unit),
        units.journal(unit, { lines: 1 }),
      ])
        expect(await messageOf(work)).toContain('is not a valid name of a systemd unit')
      expect(asked).toEqual([])
    },
  )
})

describe('the journal of a unit', () => {
  const words = (lines: number, since = '') =>
    'sudo -n journalctl --unit k3s --no-pager --output json --output-fields MESSAGE,PRIORITY ' +
    `--lines ${lines}${since}`
  const line = (message: unknown, priority = '6', at = '1795280794945435'): string =>
    `${JSON.stringify({
      __REALTIME_TIMESTAMP: at,
      _BOOT_ID: '6ab8',
      PRIORITY: priority,
      MESSAGE: message,
      __MONOTONIC_TIMESTAMP: '360878571',
      __CURSOR: 's=1',
    })}\n`

  test('is bounded in lines and in time', async () => {
    const { units } = unitOf({
      [words(1_000, ' --since @1795280000')]: {
        stdout: line('Starting k3s', '6') + line('level=fatal msg="starting kubernetes"', '3'),
      },
      [words(1)]: { stdout: '-- No entries --\n' },
    })
    expect(await units.journal('k3s', { lines: 5_000, since: 1_795_280_000_900 })).toEqual([
      { at: 1_795_280_794_945, priority: 6, description: 'Starting k3s' },
      { at: 1_795_280_794_945, priority: 3, description: 'level=fatal msg="starting kubernetes"' },
    ])
    expect(await units.journal('k3s', { lines: 0 })).toEqual([])
  })

  test('reads bytes, and lines too long to be printed', () => {
    expect(
      parseJournal(line([0xc3, 0xbc]) + line(null)).map(({ description }) => description),
    ).toEqual(['ü', ''])
  })

  test('drops a first line that lost its beginning, and throws for other garbage', () => {
    expect(
      parseJournal(`GE":"half a line"}\n${line('whole')}`).map(({ description }) => description),
    ).toEqual(['whole'])
    expect(() => parseJournal(`${line('whole')}rubbish\n`)).toThrow(
      'journalctl did not print JSON: “rubbish”',
    )
    expect(() => parseJournal('{"MESSAGE":"no time"}\n')).toThrow(
      'journalctl printed a line without its fields',
    )
  })

  test('rejects where the user may not read it, although journalctl exits 0', async () => {
    const hint =
      'Hint: You are currently not seeing messages from other users and the system.\n' +
      "      Users in groups 'adm', 'systemd-journal' can see all messages.\n" +
      '      Pass -q to turn off this notice.\n'
    expect(
      await messageOf(
        unitOf({ [words(2)]: { stdout: '-- No entries --\n', stderr: hint } }).units.journal(
          'k3s',
          { lines: 2 },
        ),
      ),
    ).toBe('ssh node-1 journalctl --unit k3s: exit 0: this user may not read the system journal')
  })
})
