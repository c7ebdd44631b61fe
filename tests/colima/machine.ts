// The virtual machine of the tests, with its one container. The test run starts it if it does not
// run, and then also stops it.
import { stderr } from 'node:process'
import { colima, paths } from '#helpers/colima/client.ts'
import { run } from '#src/commands/command.ts'
import { docker } from '#helpers/docker/client.ts'
import { vm as inside } from '#helpers/colima/vm.ts'
import { processes } from '#helpers/host/processes.ts'
import { liveRuntime } from '#src/targets/live/index.ts'
import type { Runtime } from '#src/model/index.ts'
import { service } from './policy.ts'
import { profile } from './profile.ts'
import { slowed } from './slowed.ts'

const none = 'there is no Kubernetes on this Colima'

/** The runtime of this host. Prints what is missing. */
const host: Runtime = liveRuntime({
  description: 'a Colima of this host',
  lacks: { kubernetes: none, kubeconfig: none, talos: none, 'inside-nodes': none, backups: none },
})

/** For the code under test (questions, fixes and drills), with deadlines as on a fast machine. */
export const runtime = slowed(host)

/** For the tests' own work, in this host's real time. */
export const call = (deadline: number) => ({
  runtime: host,
  deadline,
  signal: new AbortController().signal,
})
export const files = paths(runtime.home, profile)
export const vm = (deadline = 60_000) => colima(call(deadline), profile)
export const daemon = (deadline = 60_000) => docker(call(deadline), { socket: files.socket })

/**
 * A start under emulation, with other work on the cores, took 394 s; Lima itself gives up after 10
 * min. @source colima, recorded: durations of starts
 */
const patience = 600_000

/** Small, contains a web server, and is available on every registry. */
const image = 'busybox:1.37'

/** Runs docker against the VM's socket. */
const dockerWords = (...words: readonly string[]) => [
  'docker',
  '--host',
  `unix://${files.socket}`,
  ...words,
]

/** The answer that a user of the service gets. Undefined if it is not from the service. */
export async function answer(): Promise<string | undefined> {
  const got = await host.net.http(`http://127.0.0.1:${service.port}/`, { deadline: 5_000 })
  return got.kind === 'answered' && got.body.includes(service.description)
    ? got.body.trim()
    : undefined
}

/** Polls until a condition is true. Rejects after `within` ms with a description of it. */
export async function until(
  message: string,
  within: number,
  is: () => Promise<boolean>,
): Promise<void> {
  for (const end = Date.now() + within; !(await is()); await host.clock.sleep(1_000)) {
    if (Date.now() > end) throw new Error(`after ${within / 1000} s it was not so yet: ${message}`)
  }
}

/** Whether the condition becomes true within `within` ms. */
const becomes = (within: number, is: () => Promise<boolean>): Promise<boolean> =>
  until('', within, is).then(
    () => true,
    () => false,
  )

/** Creates the container anew, whatever its state was. */
async function makeService(): Promise<void> {
  await run(call(60_000), dockerWords('rm', '--force', service.container))
  const inner =
    `mkdir -p /www && echo ${service.description} > /www/index.html && exec httpd -f -p ` +
    `${service.inside} -h /www`
  // --init: a first process that ignores SIGTERM can lose its restart policy. @source colima,
  // recorded: containers after a restart
  await run(
    call(300_000),
    dockerWords(
      'run',
      '--detach',
      '--init',
      '--name',
      service.container,
      '--restart',
      'unless-stopped',
      '--memory',
      '64m',
      '--memory-swap',
      '64m',
      '--publish',
      `${service.port}:${service.inside}`,
      image,
      'sh',
      '-c',
      inner,
    ),
  )
}

/**
 * Brings the machine into the state in which every test begins: it runs, Docker answers, and so
 * does the service. A start takes minutes.
 */
export async function up(): Promise<void> {
  if ((await vm().status()).kind !== 'running') {
    stderr.write('starting Colima, which takes minutes where it is emulated\n')
    await vm(patience).start()
  }
  const dockerAnswers = (): Promise<boolean> =>
    daemon()
      .info()
      .then(
        () => true,
        () => false,
      )
  if (!(await becomes(20_000, dockerAnswers))) {
    // Repairs what a failed test left, such as a stopped Docker, by a boot if necessary.
    await inside(call(120_000), profile)
      .run(['sudo', 'systemctl', 'start', 'docker.socket', 'docker.service'], { mux: true })
      .catch(() => {})
    if (!(await becomes(60_000, dockerAnswers))) {
      await vm(120_000).stop({ force: true })
      await vm().clearOrphans()
      await vm(patience).start()
    }
  }
  const answers = async (): Promise<boolean> => (await answer()) !== undefined
  if (await becomes(30_000, answers)) return
  await makeService()
  await until('the service answers', 120_000, answers)
}

/**
 * Process ids of the machine's parts. Undefined: it does not run. The vm's is in Lima's own file
 * for its driver QEMU.
 */
export async function parts(): Promise<
  Record<'hostagent' | 'usernet' | 'master' | 'vm', number | undefined>
> {
  const all = await processes(call(10_000))
  const find = (is: (args: string) => boolean): number | undefined =>
    all.find(({ args }) => is(args))?.pid
  const file = await runtime.files.read(`${files.lima}/qemu.pid`)
  return {
    hostagent: find(args => args.includes(`hostagent --pidfile ${files.lima}/ha.pid`)),
    usernet: find(args => args.includes('limactl usernet ') && args.includes('/user-v2/')),
    master: find(args => args === `ssh: ${files.sshMux} [mux]`),
    vm: all.find(({ pid }) => pid === Number(file))?.pid,
  }
}

/** Sends a signal to one of the parts. Throws if it does not run. */
export async function signal(
  part: 'hostagent' | 'usernet' | 'master' | 'vm',
  name: NodeJS.Signals,
): Promise<void> {
  const pid = (await parts())[part]
  if (pid === undefined) throw new Error(`there is no ${part} of the machine to be sent ${name}`)
  process.kill(pid, name)
}

/**
 * vitest's global setup. A machine that ran before keeps running, in the state in which every test
 * begins.
 */
export default async function machine(): Promise<() => Promise<void>> {
  const ran = (await vm().status()).kind === 'running'
  await up()
  return async () => {
    if (ran) return up()
    await vm(patience).stop({ force: true })
    await vm().clearOrphans()
  }
}
