// If a program is missing, hangs, fails or prints rubbish, exactly the verdicts that need it are
// unknown.
import { describe, expect, test } from 'vitest'
import { newLab } from '#tests/drills/stage.ts'
import { changes, reasons, answers, type Changes } from './changes.ts'
import { cut, type CommandCut } from './cuts.ts'
import { ofDocker, ofTheVm } from './sources.ts'

const { runtime } = newLab()
const healthy = await answers(runtime)

interface Row {
  program: string
  how: CommandCut
  expected: Changes
  why: readonly string[]
}

const colima = 'colima-tells-the-truth'
const inspecting = (why: string): string =>
  `could not inspect the node container joelclaw-controlplane-1: ${why} (asked docker)`
const inKernel = (why: string): string =>
  `could not read modules and sysctls of the VM: ${why} (asked ssh)`
const onDisks = (why: string): string =>
  `could not read the disks of the VM: ${why} (asked df in the VM)`
const plists = (why: (path: string) => string): string[] =>
  ['colima', 'k8s-reboot-heal', 'talon']
    .map(job => `/Users/joel/Library/LaunchAgents/com.joel.${job}.plist`)
    .map(path => `could not read ${path}: ${why(path)} (asked plutil)`)

const missing = (program: string): string => `${program} is not installed or not on the PATH`
const late = 'no answer within 10.0 s'

const rows: readonly Row[] = [
  {
    program: 'docker',
    how: 'missing',
    expected: { exit: 2, unknown: [...ofDocker, colima].toSorted() },
    why: [
      inspecting(missing('docker')),
      `could not ask Docker through its socket: ${missing('docker')} (asked docker)`,
    ],
  },
  {
    // holdfast compares Colima's status with the silent or refused socket, so this is a violation
    // and not unknown.
    program: 'docker',
    how: 'hangs',
    expected: { exit: 1, unknown: ofDocker, violated: [colima] },
    why: [
      inspecting(late),
      'status is Running, but its Docker socket is dead (docker info did not answer within 8.0 ' +
        's and was killed): Docker runs inside the VM, the ssh master that forwarded its socket ' +
        'has gone',
    ],
  },
  {
    program: 'docker',
    how: 'fails',
    expected: { exit: 1, unknown: ofDocker, violated: [colima] },
    why: [
      inspecting('docker inspect joelclaw-controlplane-1: exit 1: it broke'),
      'status is Running, but its Docker socket is dead (docker info: exit 1: it broke): ' +
        'Docker runs inside the VM, the ssh master that forwarded its socket has gone',
    ],
  },
  {
    program: 'docker',
    how: 'rubbish',
    expected: { exit: 2, unknown: [...ofDocker, colima].toSorted() },
    why: [
      inspecting('docker inspect joelclaw-controlplane-1 did not print JSON: “#!@ 7f 45 4c 46”'),
      'could not ask Docker through its socket: docker info did not print JSON: ' +
        '“#!@ 7f 45 4c 46” (asked docker)',
    ],
  },
  {
    program: 'colima',
    how: 'missing',
    expected: { exit: 2, unknown: [colima] },
    why: [`could not ask Colima for its status: ${missing('colima')} (asked colima)`],
  },
  // A status that does not return is a sign of a frozen VM. A status “not running” is Colima's own
  // answer.
  {
    program: 'colima',
    how: 'hangs',
    expected: { exit: 1, violated: [colima] },
    why: ['colima status does not return'],
  },
  {
    program: 'colima',
    how: 'fails',
    expected: { exit: 1, violated: [colima] },
    why: ['colima status: it broke'],
  },
  {
    program: 'colima',
    how: 'rubbish',
    expected: { exit: 2, unknown: [colima] },
    why: [
      'could not ask Colima for its status: colima status: exit 0, but not the expected JSON: ' +
        '“#!@ 7f 45 4c 46” (asked colima)',
    ],
  },
  {
    program: 'ssh',
    how: 'missing',
    expected: { exit: 2, unknown: [...ofTheVm, colima].toSorted() },
    why: [
      inKernel(missing('ssh')),
      onDisks(missing('ssh')),
      `could not connect to the VM by ssh: ${missing('ssh')} (asked ssh)`,
    ],
  },
  {
    program: 'ssh',
    how: 'hangs',
    expected: { exit: 1, unknown: ofTheVm, violated: [colima] },
    why: [
      inKernel(late),
      onDisks(late),
      'status is Running, but ssh is dead (ssh lima-colima true did not answer within 8.0 s and ' +
        'was killed)',
    ],
  },
  {
    program: 'ssh',
    how: 'fails',
    expected: { exit: 1, unknown: ofTheVm, violated: [colima] },
    why: [
      inKernel('ssh lima-colima cat /proc/modules: exit 1: it broke'),
      onDisks('ssh lima-colima df -P -k /: exit 1: it broke'),
      'status is Running, but ssh is dead (ssh lima-colima true: exit 1: it broke)',
    ],
  },
  {
    // ssh works, but what it prints is not what the kernel's files contain.
    program: 'ssh',
    how: 'rubbish',
    expected: { exit: 2, unknown: ofTheVm },
    why: [
      inKernel('/proc/modules of the VM holds a line that is none of a module: “#!@ 7f 45 4c 46”'),
      onDisks('df did not print a table: “#!@ 7f 45 4c 46”'),
    ],
  },
  ...(
    [
      ['missing', missing('talosctl')],
      ['hangs', late],
      ['fails', 'talosctl config info: exit 1: it broke'],
      ['rubbish', 'talosctl config info did not print JSON: “#!@ 7f 45 4c 46”'],
    ] as const
  ).map(([how, why]): Row => ({
    program: 'talosctl',
    how,
    expected: { exit: 2, unknown: ['talosconfig-points-to-talos'] },
    why: [`could not read the talosconfig: ${why} (asked talosctl)`],
  })),
  ...(
    [
      ['missing', missing('ps')],
      ['hangs', late],
      ['fails', 'ps: exit 1: it broke'],
      ['rubbish', 'ps showed no process at all'],
    ] as const
  ).map(([how, why]): Row => ({
    program: 'ps',
    how,
    expected: { exit: 2, unknown: ['no-persistent-port-forward'] },
    why: [`could not list kubectl port-forward processes: ${why} (asked ps)`],
  })),
  ...(
    [
      ['missing', () => missing('plutil')],
      ['hangs', () => late],
      ['fails', (path: string) => `plutil -convert json ${path}: exit 1: it broke`],
      [
        'rubbish',
        (path: string) => `plutil -convert json ${path} did not print JSON: “#!@ 7f 45 4c 46”`,
      ],
    ] as const
  ).map(([how, why]): Row => ({
    program: 'plutil',
    how,
    expected: { exit: 2, unknown: ['launchd-jobs-find-their-tools'] },
    why: plists(why),
  })),
]

describe('a program that holdfast asks', () => {
  test('the world is healthy before anything is cut', () => {
    expect({
      exit: healthy.exit,
      kinds: [...new Set(healthy.judgements.map(judgement => judgement.verdict.kind))].toSorted(),
    }).toEqual({ exit: 0, kinds: ['holds', 'waived'] })
  })

  test.for(rows)('$program: $how', async ({ program, how, expected, why }) => {
    const seen = await answers(cut(runtime, program, how))
    expect(changes(healthy, seen)).toEqual(expected)
    expect(reasons(healthy, seen)).toEqual(why.toSorted())
    // A hung program costs its deadline only once, however many questions wait for it.
    expect(seen.tookMs).toBeLessThanOrEqual(10_000)
  })

  test('a failure of ssh for one sysctl does not mean that the sysctl is missing', async () => {
    const lost = {
      ...runtime,
      shell: {
        run: (argv: readonly string[], options: { deadline: number }) =>
          runtime.shell.run(
            argv.at(-1)?.includes('bridge-nf-call-iptables') === true
              ? ['ssh', 'nobody@nowhere']
              : argv,
            options,
          ),
      },
    }
    const seen = await answers(lost)
    expect(changes(healthy, seen)).toEqual({ exit: 2, unknown: ['kernel-is-prepared'] })
  })
})
