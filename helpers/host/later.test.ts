// Dead-man's switches as commands: what sets and removes them, and that removing twice is fine.
import { describe, expect, test } from 'vitest'
import { onHost, switchName } from './later.ts'
import { inNode } from '#helpers/docker/later.ts'
import { inVm } from '#helpers/colima/later.ts'
import { messageOf, scripted, type Answer } from '#tests/runtime/scripted.ts'

const argvOf = (asked: readonly { argv: readonly string[] }[]) => asked.map(({ argv }) => argv)
/** The words that ssh hands to the other machine. */
const remote = (argv: readonly string[]): string => argv.slice(argv.indexOf('--') + 1).join(' ')

describe('a switch in the VM', () => {
  /** A script in which every ssh call gets this answer, whatever its options are. */
  const withSsh = (answer: (words: string) => Answer) => {
    const { call, asked } = scripted()
    const run: typeof call.runtime.shell.run = async (argv, options) => {
      const words = remote(argv)
      return scripted({ commands: { [argv.join(' ')]: answer(words) } })
        .call.runtime.shell.run(argv, options)
        .then(exit => (said.push(words), exit))
    }
    const said: string[] = []
    return { call: { ...call, runtime: { ...call.runtime, shell: { run } } }, asked, said }
  }

  test('is a systemd timer, and replaces one of the same name', async () => {
    const { call, said } = withSsh(words =>
      words.includes('stop')
        ? { code: 5, stderr: 'Failed to stop x.timer: Unit x.timer not loaded.' }
        : {},
    )
    await inVm(call, 'default', 'x', ['docker', 'unpause', 'node 1']).set(90)
    expect(said).toEqual([
      'sudo systemctl stop x.timer',
      'sudo systemd-run --unit=x --on-active=90s --timer-property=AccuracySec=1s --collect ' +
        "docker unpause 'node 1'",
    ])
  })

  test('is removed with its timer; a missing timer is fine, a failed ssh is not', async () => {
    const fine = withSsh(() => ({ code: 5, stderr: 'Unit x.timer not loaded.' }))
    await inVm(fine.call, 'default', 'x', ['true']).remove()
    expect(fine.said).toEqual(['sudo systemctl stop x.timer'])
    const silent = withSsh(() => ({ code: 255, stderr: 'Connection refused' }))
    expect(await messageOf(inVm(silent.call, 'default', 'x', ['true']).remove())).toBe(
      'ssh to lima-colima failed: Connection refused; run “ssh lima-colima true” to see more',
    )
  })
})

describe('a switch in a node with a shell', () => {
  const waits =
    'n="$1"; shift; while [ "$n" -gt 0 ]; do sleep 1; n=$((n-1)); [ -e "$0" ] || exit 0; done; ' +
    'rm -f "$0"; exec "$@"'

  test('is a shell that waits while its file exists', async () => {
    const note = [
      'docker',
      'exec',
      'n',
      'sh',
      '-c',
      '[ -d /tmp ] || mkdir /tmp; echo set > "$1"',
      'sh',
      '/tmp/x',
    ]
    const wait = [
      'docker',
      'exec',
      '-d',
      'n',
      'sh',
      '-c',
      waits,
      '/tmp/x',
      '90',
      'sh',
      '-c',
      'kill -CONT 7',
    ]
    const { call, asked } = scripted({ commands: { [note.join(' ')]: {}, [wait.join(' ')]: {} } })
    const made = inNode(call, { socket: undefined }, 'n', 'x', ['sh', '-c', 'kill -CONT 7'])
    await made.set(90)
    expect([argvOf(asked), made.description]).toEqual([
      [note, wait],
      'a shell that waits in n: sh -c kill -CONT 7',
    ])
  })

  test('is removed with its file; a stopped container has nothing to remove', async () => {
    const { call } = scripted({
      commands: {
        'docker exec n rm -f /tmp/x': [
          {},
          { code: 1, stderr: 'Error response from daemon: container 12ab is not running' },
          { code: 1, stderr: 'permission denied' },
        ],
      },
    })
    const made = inNode(call, { socket: undefined }, 'n', 'x', ['true'])
    await made.remove()
    await made.remove()
    expect(await messageOf(made.remove())).toBe(
      'docker exec n rm -f /tmp/x: exit 1: permission denied',
    )
  })
})

test('a switch on this host is removed with its file', async () => {
  const { call, removed } = scripted()
  await onHost(call, 'x', ['colima', 'start']).remove()
  expect(removed).toEqual(['/Users/joel/.local/state/holdfast/switches/x'])
})

describe('a switch’s name', () => {
  test('is the same for the same fault and record in every process', () => {
    const name = switchName('node.pause-container', { container: 'n', wasPaused: false })
    expect(name).toBe('holdfast-node-pause-container-f34e1df6')
    expect(
      switchName('node.pause-container', JSON.parse('{"container":"n","wasPaused":false}')),
    ).toBe(name)
    expect(switchName('node.pause-container', { container: 'm', wasPaused: false })).not.toBe(name)
  })

  test('is valid for systemd and for Kubernetes', () => {
    expect(switchName('workload.reset-nodeport', null)).toMatch(
      /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    )
  })
})
