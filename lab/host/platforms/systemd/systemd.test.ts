// Compares systemd on a lab server with recordings of a real Debian 12 with systemd 252 and a k3s
// unit (recorded.json). Pids and times are normalized.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createFixture, fixtureSeed, type HostFixture } from '#lab/host/fixture.ts'

interface Recorded {
  command: string
  code: number
  stdout: string
  stderr: string
}

/** Recorded answers by state of the unit. */
const recorded = JSON.parse(readFileSync(new URL('recorded.json', import.meta.url), 'utf8')) as {
  commands: Readonly<Record<string, readonly Recorded[]>>
  journal: readonly object[]
}

const newServer = (): HostFixture =>
  createFixture(
    fixtureSeed({
      servers: [
        {
          name: 'hostlab1',
          address: '172.30.79.11',
          user: 'deploy',
          node: 'hostlab1',
          modules: [],
          unit: {
            name: 'k3s',
            description: 'Lightweight Kubernetes',
            documentation: 'https://k3s.io',
            execStart: '/usr/local/bin/k3s server $K3S_ARGS',
            comm: 'node',
            restartMs: 5000,
            startLimitBurst: 3,
            startLimitIntervalMs: 300_000,
          },
        },
      ],
    }),
  )

async function onServer({ run }: HostFixture, command: string, user = 'deploy') {
  const exit = await run(['ssh', '-l', user, 'hostlab1', '--', command])
  if (exit.kind !== 'exited') throw new Error(`${command} ended as ${exit.kind}`)
  return { command, code: exit.code, stdout: exit.stdout, stderr: exit.stderr }
}

/** Pids and times differ. On the recorded machine a drop-in file made the unit fail. */
const comparable = ({ command, code, stdout, stderr }: Recorded): Recorded => ({
  command,
  code,
  stdout: stdout
    .replaceAll(/\w{3} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC(; .* ago)?/g, 'THEN')
    .replaceAll(/(MainPID=|PID: |Process: )[1-9]\d*/g, '$1PID')
    .replaceAll(/ExecStart=\S+( server \$K3S_ARGS)?/g, 'ExecStart=PROGRAM'),
  stderr,
})

/** What the lab answers to the commands of a recording. */
async function lab(fixture: HostFixture, state: string): Promise<readonly Recorded[]> {
  const answers: Recorded[] = []
  for (const { command } of recorded.commands[state]!)
    answers.push(comparable(await onServer(fixture, command)))
  return answers
}

/** What the real machine answered. */
const real = (state: string): readonly Recorded[] => recorded.commands[state]!.map(comparable)

test.for(['running', 'missing unit', 'rights', 'reset-failed'])('%s: as recorded', async name => {
  expect(await lab(newServer(), name)).toEqual(real(name))
})

test('a stop and a start print the recorded output', async () => {
  const fixture = newServer()
  expect(await lab(fixture, 'stop')).toEqual(real('stop'))
  expect(await lab(fixture, 'start')).toEqual(real('start'))
})

test('after a kill, systemd schedules a restart and starts the unit, as recorded', async () => {
  const fixture = newServer()
  fixture.host.faultControls.killUnit('hostlab1')
  expect(await lab(fixture, 'main process killed, 0.5 s later')).toEqual(
    real('main process killed, 0.5 s later'),
  )
  fixture.api.state = 'starting'
  fixture.context.clock.advance(7000)
  expect(await lab(fixture, 'main process killed, 7.5 s later')).toEqual(
    real('main process killed, 7.5 s later'),
  )
  fixture.api.state = 'serving'
  fixture.context.clock.advance(1000)
  expect((await onServer(fixture, 'systemctl is-active k3s')).stdout).toBe('active\n')
})

test('systemd restarts a broken unit until the start limit, then gives up', async () => {
  const fixture = newServer()
  await onServer(fixture, 'sudo -n systemctl stop k3s')
  await onServer(fixture, 'sudo -n systemctl reset-failed k3s')
  fixture.host.faultControls.breakUnit('hostlab1', true)
  expect(await lab(fixture, 'broken')).toEqual(real('broken'))
  fixture.context.clock.advance(16_000)
  expect(await lab(fixture, 'given up')).toEqual(real('given up'))
  expect(await lab(fixture, 'given up, start refused')).toEqual(real('given up, start refused'))
  expect(await lab(fixture, 'given up, restart')).toEqual(real('given up, restart'))
})

test('journal lines have the members of the recorded ones', async () => {
  const { stdout } = await onServer(
    newServer(),
    'sudo -n journalctl --unit k3s --output json --output-fields MESSAGE,PRIORITY --lines 1',
  )
  const [line] = stdout.trim().split('\n')
  const members = Object.keys(recorded.journal[0]!).toSorted()
  expect(Object.keys(JSON.parse(line!) as object).toSorted()).toEqual(members)
  expect(JSON.parse(line!)).toMatchObject({
    PRIORITY: '6',
    MESSAGE: 'Started k3s.service - Lightweight Kubernetes.',
  })
})

test('ssh fails as recorded: another user, a closed port', async () => {
  const fixture = newServer()
  expect(await onServer(fixture, 'true', 'somebody')).toMatchObject({
    code: 255,
    stderr: 'somebody@hostlab1: Permission denied (publickey,password).\r\n',
  })
  fixture.host.faultControls.serverSshd('hostlab1', false)
  expect(await onServer(fixture, 'true')).toMatchObject({
    code: 255,
    stderr: 'ssh: connect to host hostlab1 port 22: Connection refused\r\n',
  })
})

test.for([
  ['ls /', 127, '“ls”'],
  ['systemctl cat k3s', 126, '“systemctl cat”'],
  ['systemctl show k3s --property=Environment', 126, '“systemctl show --property=Environment”'],
  ['journalctl --unit k3s --follow', 126, '“journalctl --follow”'],
  ['journalctl --unit k3s', 126, '“journalctl --unit k3s”'],
] as const)('%s: the lab refuses what it does not model', async ([command, code, named]) => {
  expect(await onServer(newServer(), command)).toEqual({
    command,
    code,
    stdout: '',
    stderr: `holdfast lab: the simulated server does not model ${named}\n`,
  })
})
