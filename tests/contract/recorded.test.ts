// Every adapter parses the recorded output of real programs and the output of the lab's programs to
// the same result.
import { describe, expect, test } from 'vitest'
import { colima } from '#helpers/colima/client.ts'
import { diskUse } from '#helpers/colima/disks.ts'
import { docker } from '#helpers/docker/client.ts'
import { jobOf, readPlist } from '#helpers/launchd/client.ts'
import { scripted, type Script } from '#tests/runtime/scripted.ts'
import { configInfo, kubeconfig } from '#helpers/talos/client.ts'
import type { Call } from '#src/commands/call.ts'
import { vm } from '#helpers/colima/vm.ts'
import type { LabHost } from '#lab/host/index.ts'
import { calm, newLab, toolsOf } from './world.ts'

interface Row {
  name: string
  /** The recorded output of the real program, by command line. */
  recorded: Script
  /** Brings the lab's host into the state of the recording. */
  given?: (host: LabHost) => void
  ask(call: Call): Promise<unknown>
  /** The adapter's result for both. A text is the message of an error. */
  expected: unknown
}

const socket = '/Users/joel/.colima/default/docker.sock'
const ssh =
  'ssh -F /Users/joel/.colima/_lima/colima/ssh.config -o ConnectTimeout=3 -o BatchMode=yes'
const fatal = (message: string): string =>
  `time="2026-11-21T10:02:11Z" level=fatal msg="${message}"\n`
const status = (call: Call) => colima(call, 'default').status()
const info = (call: Call) => docker(call, { socket }).info()
const own = (call: Call) => vm(call, 'default').run(['true'], { mux: false })
const shared = (call: Call) => vm(call, 'default').run(['true'], { mux: true })
const infoLine = `docker --host unix://${socket} info --format {{json .}}`
const silent = `Cannot connect to the Docker daemon at unix://${socket}.`
const noDaemon = `${silent} Is the docker daemon running?`
const kex = 'kex_exchange_identification: read: Connection reset by peer'
const refused = 'ssh: connect to host 127.0.0.1 port 44623: Connection refused'
const dial =
  'error copying: rpc error: code = Unavailable desc = connection error: desc = ' +
  '"transport: Error while dialing: dial tcp 127.0.0.1:50999: connect: connection refused"'

const dfHead = 'Filesystem     1024-blocks      Used Available Capacity Mounted on'

const rows: readonly Row[] = [
  {
    name: 'Colima that runs',
    ask: status,
    expected: { kind: 'running', runtime: 'docker', ipAddress: '192.168.64.2', socket },
    recorded: {
      commands: {
        'colima status --json': {
          stdout:
            '{"display_name":"colima","runtime":"docker","ip_address":"192.168.64.2",' +
            `"docker_socket":"unix://${socket}"}`,
        },
      },
    },
  },
  {
    name: 'Colima without its hostagent',
    ask: status,
    given: host => host.faultControls.killHostagent(),
    expected: { kind: 'not-running', description: 'colima is not running' },
    recorded: {
      commands: { 'colima status --json': { code: 1, stderr: fatal('colima is not running') } },
    },
  },
  {
    name: 'Colima without its VM',
    ask: status,
    given: host => host.faultControls.killVm(),
    expected: { kind: 'not-running', description: 'colima is not running' },
    recorded: {
      commands: { 'colima status --json': { code: 1, stderr: fatal('colima is not running') } },
    },
  },
  {
    name: 'Colima without its network',
    ask: status,
    given: host => host.faultControls.killUsernet(),
    expected: { kind: 'failed', description: 'error retrieving current runtime: empty value' },
    recorded: {
      commands: {
        'colima status --json': {
          code: 1,
          stderr: fatal('error retrieving current runtime: empty value'),
        },
      },
    },
  },
  {
    name: 'Colima with a frozen VM',
    ask: status,
    given: host => host.faultControls.freezeVm(true),
    expected: { kind: 'hangs' },
    recorded: { commands: { 'colima status --json': 'silent' } },
  },
  {
    name: 'profiles of Colima',
    ask: call => colima(call, 'default').list(),
    expected: [
      {
        name: 'default',
        status: 'Running',
        arch: 'aarch64',
        cpus: 8,
        memory: 25_769_803_776,
        disk: 107_374_182_400,
        runtime: 'docker',
      },
    ],
    recorded: {
      commands: {
        'colima list --json': {
          stdout:
            '{"name":"default","status":"Running","arch":"aarch64","cpus":8,' +
            '"memory":25769803776,"disk":107374182400,"runtime":"docker"}\n',
        },
      },
    },
  },
  {
    name: 'profiles of Colima, one broken',
    ask: call => colima(call, 'default').list(),
    given: host => host.faultControls.killHostagent(),
    expected: [
      {
        name: 'default',
        status: 'Broken',
        arch: 'aarch64',
        cpus: 8,
        memory: 25_769_803_776,
        disk: 107_374_182_400,
      },
    ],
    recorded: {
      commands: {
        'colima list --json': {
          stdout:
            '{"name":"default","status":"Broken","arch":"aarch64","cpus":8,' +
            '"memory":25769803776,"disk":107374182400}\n',
        },
      },
    },
  },
  {
    name: 'Docker that runs',
    ask: info,
    expected: { version: '29.0.1', name: 'colima', cpus: 8, memory: 25_769_803_776 },
    recorded: {
      commands: {
        [infoLine]: {
          stdout:
            '{"ServerVersion":"29.0.1","Name":"colima","NCPU":8,' +
            '"MemTotal":25769803776,"ServerErrors":null}\n',
        },
      },
    },
  },
  {
    name: 'Docker without its socket',
    ask: info,
    given: host => host.faultControls.killVm(),
    expected: `docker info: exit 1: ${noDaemon}`,
    recorded: { commands: { [infoLine]: { code: 1, stderr: `${noDaemon}\n` } } },
  },
  {
    name: 'Docker in a frozen VM',
    ask: info,
    given: host => host.faultControls.freezeVm(true),
    expected: 'docker info did not answer within 10.0 s and was killed',
    recorded: { commands: { [infoLine]: 'silent' } },
  },
  {
    name: 'a container that is not there',
    ask: call => docker(call, { socket }).inspect('gone'),
    expected: 'docker inspect gone: exit 1: No such object: gone',
    recorded: {
      commands: {
        [`docker --host unix://${socket} inspect gone`]: {
          code: 1,
          stdout: '[]\n',
          stderr: 'Error: No such object: gone\n',
        },
      },
    },
  },
  {
    name: 'ssh into the VM',
    ask: own,
    expected: '',
    recorded: { commands: { [`${ssh} -o ControlPath=none lima-colima -- true`]: {} } },
  },
  {
    name: 'ssh, every word as it was given',
    ask: call => vm(call, 'default').run(['echo', "it's $HOME; id"], { mux: true }),
    expected: "it's $HOME; id\n",
    recorded: {
      commands: {
        [`${ssh} lima-colima -- echo 'it'\\''s $HOME; id'`]: { stdout: "it's $HOME; id\n" },
      },
    },
  },
  {
    name: 'ssh without a VM',
    ask: own,
    given: host => host.faultControls.killVm(),
    expected: 'ssh to lima-colima failed: connection refused on port …; start it or its sshd',
    recorded: {
      commands: {
        [`${ssh} -o ControlPath=none lima-colima -- true`]: { code: 255, stderr: `${refused}\r\n` },
      },
    },
  },
  {
    name: 'ssh into a frozen VM, by a connection of its own',
    ask: own,
    given: host => host.faultControls.freezeVm(true),
    expected: 'ssh to lima-colima failed: it hangs up before the login; restart it or its sshd',
    recorded: {
      commands: {
        [`${ssh} -o ControlPath=none lima-colima -- true`]: {
          code: 255,
          stderr: `${kex}\r\nConnection reset by 127.0.0.1 port 44623\r\n`,
        },
      },
    },
  },
  {
    name: 'ssh into a frozen VM, over the master',
    ask: shared,
    given: host => host.faultControls.freezeVm(true),
    expected: 'ssh lima-colima true did not answer within 10.0 s and was killed',
    recorded: { commands: { [`${ssh} lima-colima -- true`]: 'silent' } },
  },
  {
    name: 'ssh into a zombie, over the master: it outlives the sshd',
    ask: shared,
    given: host => host.faultControls.zombie(),
    expected: '',
    recorded: { commands: { [`${ssh} lima-colima -- true`]: {} } },
  },
  {
    name: 'a disk that is not there',
    ask: call => diskUse(call, 'default', ['/gone']),
    expected: 'ssh lima-colima df -P -k /gone: exit 1: df: /gone: No such file or directory',
    recorded: {
      commands: {
        [`${ssh} lima-colima -- df -P -k /gone`]: {
          code: 1,
          stderr: 'df: /gone: No such file or directory\n',
        },
      },
    },
  },
  {
    name: 'disks of the VM',
    ask: call => diskUse(call, 'default', ['/var/lib/docker']),
    expected: [
      {
        path: '/var/lib/docker',
        mount: '/var/lib/docker',
        usedPercent: 44,
        totalBytes: 105_089_261_568,
      },
    ],
    recorded: {
      commands: {
        [`${ssh} lima-colima -- df -P -k /var/lib/docker`]: {
          stdout:
            `${dfHead}\n/dev/vdb1        102626232  45155542  57470690      44% ` +
            `/var/lib/docker\n`,
        },
      },
    },
  },
  {
    name: 'a job without a plist',
    ask: call => readPlist(call, '/x.plist'),
    expected: null,
    recorded: {},
  },
  {
    name: 'a job that launchd does not know',
    ask: call => jobOf(call, 'gui/501/gone'),
    expected: undefined,
    recorded: {
      commands: {
        'launchctl print gui/501/gone': {
          code: 113,
          stderr: 'Bad request.\nCould not find service "gone" in domain for user gui: 501\n',
        },
      },
    },
  },
  {
    name: 'a talosconfig without a context',
    ask: call => configInfo(call, '/nothing'),
    expected: 'talosctl config info: exit 1: no context is set',
    recorded: {
      commands: {
        'talosctl --talosconfig /nothing config info -o json': {
          code: 1,
          stderr: 'no context is set\n',
        },
      },
    },
  },
  {
    name: 'Talos where nobody listens',
    ask: call => kubeconfig(call, { path: '~/.kube/config', talosconfig: '~/.talos/config' }),
    given: host => host.faultControls.killVm(),
    expected: `talosctl kubeconfig --force: exit 1: ${dial.replace(/:\d+/, ':…')}`,
    recorded: {
      commands: {
        ['talosctl --talosconfig /Users/joel/.talos/config kubeconfig --force ' +
        '/Users/joel/.kube/config']: { code: 1, stderr: `${dial}\n` },
      },
    },
  },
]

/** Docker assigns these ports at random. */
const withoutPorts = (text: string): string =>
  text.replaceAll(/port \d+/g, 'port …').replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:…')

const outcomeOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.catch((error: unknown) =>
    withoutPorts(error instanceof Error ? error.message : String(error)),
  )

describe('recorded and simulated are the same to an adapter:', () => {
  test.for(rows.map(row => [row.name, row] as const))(
    '%s',
    async ([, { recorded, given, ask, expected }]) => {
      const script = scripted(recorded)
      expect(await outcomeOf(ask(script.call))).toEqual(expected)
      await script.close()
      const lab = given === undefined ? calm : newLab()
      given?.(lab.host)
      expect(await outcomeOf(ask(toolsOf(lab)))).toEqual(expected)
    },
  )
})
