// Transient timers of the guest: they run once, can be cancelled, have unique names, and do not
// survive a reboot.
import { describe, expect, test } from 'vitest'
import { sshConfig, createFixture, type HostFixture } from '#lab/host/fixture.ts'

const out = async (at: HostFixture, line: string): Promise<string> => {
  const exit = await at.run(['ssh', '-F', sshConfig, 'lima-colima', line])
  return exit.kind === 'exited' ? `${exit.code}: ${exit.stdout}${exit.stderr}`.trim() : exit.kind
}

const timed = 'sudo systemd-run --unit=x --on-active=60s --collect modprobe -r br_netfilter'
const loaded = (at: HostFixture): boolean => at.machine.kernel.modules.has('br_netfilter')

describe('a timer', () => {
  test('runs its command when it is due, and then disappears', async () => {
    const at = createFixture()
    expect(await out(at, timed)).toBe(
      '0: Running timer as unit: x.timer\nWill run service as unit: x.service',
    )
    await at.context.clock.sleep(58_000)
    expect(loaded(at)).toBe(true)
    await at.context.clock.sleep(3_000)
    expect(loaded(at)).toBe(false)
    expect(await out(at, 'sudo systemctl stop x.timer')).toBe(
      '5: Failed to stop x.timer: Unit x.timer not loaded.',
    )
  })

  test('can be cancelled by its name, and blocks that name until then', async () => {
    const at = createFixture()
    await out(at, timed)
    expect(await out(at, timed)).toBe(
      '1: Failed to start transient timer unit: Unit x.timer was already loaded or has ' +
        'a fragment file.',
    )
    expect(await out(at, 'sudo systemctl stop x.timer')).toBe('0:')
    await at.context.clock.sleep(120_000)
    expect(loaded(at)).toBe(true)
  })

  test('does not survive a reboot', async () => {
    const at = createFixture()
    await out(at, timed)
    await at.run(['colima', 'restart'])
    await at.context.clock.sleep(120_000)
    expect(loaded(at)).toBe(true)
    expect(await out(at, 'sudo systemctl stop x.timer')).toBe(
      '5: Failed to stop x.timer: Unit x.timer not loaded.',
    )
  })

  test('with unsupported words fails with an error', async () => {
    expect(await out(createFixture(), 'sudo systemd-run --on-calendar=daily true')).toBe(
      '1: systemd-run: the simulated guest knows only: systemd-run --unit=NAME ' +
        '--on-active=Ns COMMAND…',
    )
  })
})
