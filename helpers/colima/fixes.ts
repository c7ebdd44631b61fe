// Fixes for a half-dead VM, one for each way in which it dies. Cycling the VM comes last, and never
// while anything in it answers.
import { callOf } from '#src/commands/call.ts'
import { colima, paths } from './client.ts'
import { run } from '#src/commands/command.ts'
import { vm } from './vm.ts'
import { kernel } from './questions.ts'
import { vmDocker } from './questions.ts'
import { vmSsh } from './questions.ts'
import { colimaSays } from './questions.ts'
import { dockerSocket } from '#helpers/docker/questions.ts'
import { portAnswer, strangeness } from '#helpers/host/ports.ts'
import { fix, type Act, type Policy, type Runtime, type Answers } from '#src/model/index.ts'

/**
 * ms for a stop and for a start; a start on a slow machine took 394 s. @source colima, recorded:
 * durations of starts
 */
const stopPatience = 60_000
const startPatience = 600_000
const call = (runtime: Runtime, deadline: number) => callOf({ runtime }, deadline)

/** Names of mapped ports whose application answers. */
const answering = (answers: Answers, policy: Policy): readonly string[] =>
  policy.ports
    .filter(port => {
      const answer = answers.to(portAnswer(port))
      return answer.kind === 'known' && strangeness(answer.value, port.answers) === undefined
    })
    .map(port => port.name)

/**
 * The state of Docker inside the VM, when ssh works and Docker's socket on the host is dead.
 * Undefined otherwise.
 */
function dockerInside(answers: Answers, policy: Policy): boolean | undefined {
  if (policy.host === undefined || answers(dockerSocket).works || !answers(vmSsh(policy)).works)
    return undefined
  return answers(vmDocker(policy)).works
}

const dockerQuestions = (policy: Policy) =>
  policy.host === undefined ? [] : [dockerSocket, vmSsh(policy), vmDocker(policy)]
/**
 * A Docker that restarts answers again within seconds. @source colima, recorded: docker restarts at
 * the end of a start
 */
const confirm = { looks: 2, every: '5 s' } as const

export const startDockerInVm = fix({
  name: 'start-docker-in-vm',
  title: 'start Docker in a VM that runs without it',
  reason: 'the VM works: cycling it takes minutes, starting Docker takes seconds',
  harm: 'restarts a node service',
  confirm,
  /**
   * Docker starts its containers, and the kubelet of the node reports again. @source measured on a
   * v1.35 node: docker restart, 43 s
   */
  settles: '120 s',
  observe: dockerQuestions,
  plan: (answers, policy) =>
    dockerInside(answers, policy) !== false || policy.host === undefined
      ? []
      : [
          inVm(policy.host.profile, [
            'sudo',
            'systemctl',
            'start',
            'docker.socket',
            'docker.service',
          ]),
        ],
})

const inVm = (profile: string, words: readonly string[]): Act => ({
  command: `ssh into the VM: ${words.join(' ')}`,
  apply: async runtime =>
    void (await vm(call(runtime, stopPatience), profile).run(words, { mux: true })),
})

/** @source colima, recorded: fault B, repaired twice without a restart of the VM */
export const renewDockerSocket = fix({
  name: 'renew-docker-socket',
  title: 'forward the Docker socket again after its ssh master is gone',
  reason:
    'Docker runs; the hostagent forwards its socket once in each start of the VM and never again',
  harm: 'none',
  confirm,
  /** A forward listens at once, and the next question goes through it. */
  settles: '30 s',
  observe: dockerQuestions,
  plan(answers, policy): readonly Act[] {
    if (dockerInside(answers, policy) !== true || policy.host === undefined) return []
    const { profile } = policy.host
    return [
      {
        command:
          'rm -f docker.sock && ssh -O forward -L docker.sock:/var/run/docker.sock ' +
          paths('~', profile).sshHost,
        async apply(runtime) {
          const { socket, sshConfig, sshHost } = paths(runtime.home, profile)
          // Any ssh call makes a new master where the old one has died, and only a master can
          // forward.
          await vm(call(runtime, stopPatience), profile).run(['true'], { mux: true })
          await run(call(runtime, stopPatience), ['rm', '-f', socket])
          await run(call(runtime, stopPatience), [
            'ssh',
            '-F',
            sshConfig,
            '-O',
            'forward',
            '-L',
            `${socket}:/var/run/docker.sock`,
            sshHost,
          ])
        },
      },
    ]
  },
})

export const cycleColima = fix({
  name: 'cycle-colima',
  title: 'force-stop Colima and start it',
  reason:
    'a zombie VM ignores start; a graceful stop or restart may hang. ' +
    'Claims live on the VM disk and stay',
  harm: 'restarts the VM',
  /** @source joelclaw history, heal script: COLIMA_RAPID_CONFIRM 6 x 5 s */
  confirm: { looks: 6, every: '5 s' },
  /** @source joelclaw history, heal script: COLIMA_FORCE_COOLDOWN_SECS 900 */
  cooldown: '900 s',
  /** @source joelclaw history, heal script: CORE_WARMUP_TIMEOUT_SECS 300 */
  settles: '300 s',
  observe: policy =>
    policy.host === undefined
      ? []
      : [
          colimaSays(policy),
          dockerSocket,
          vmSsh(policy),
          ...policy.ports.map(port => portAnswer(port)),
        ],
  plan(answers, policy): readonly Act[] {
    if (policy.host === undefined) return []
    const description = answers.to(colimaSays(policy))
    const socket = answers(dockerSocket)
    const ssh = answers(vmSsh(policy))
    // One path that answers proves that the VM lives: cycling it would harm what works.
    if (socket.works || ssh.works || answering(answers, policy).length > 0) return []
    const { profile } = policy.host
    // A start does not get a port that another process holds, and reports that only as a warning.
    // @source colima, recorded: fault E, the trap
    const clear = {
      command: 'end what outlived the VM, each process by its id',
      apply: async (runtime: Runtime) =>
        void (await colima(call(runtime, stopPatience), profile).clearOrphans()),
    }
    const start = {
      command: 'colima start',
      apply: (runtime: Runtime) => colima(call(runtime, startPatience), profile).start(),
    }
    if (description.kind === 'known' && description.value.kind === 'not-running')
      return [clear, start]
    return [
      {
        command: 'colima stop --force',
        apply: runtime => colima(call(runtime, stopPatience), profile).stop({ force: true }),
      },
      clear,
      start,
    ]
  },
})
export const loadKernelModules = fix({
  name: 'load-kernel-modules',
  title: 'load the missing kernel modules in the VM and set the sysctls',
  reason: 'Talos has no shell and shares the kernel of the VM, where modules are loaded',
  harm: 'none',
  /** modprobe works at once, and the next question reads the module list. */
  settles: '15 s',
  observe: policy => (policy.host === undefined ? [] : [kernel(policy)]),
  plan(answers, policy): readonly Act[] {
    if (policy.host === undefined) return []
    const { profile } = policy.host
    const seen = answers(kernel(policy))
    const remote = (words: readonly string[]): Act => ({
      command: `ssh into the VM: ${words.join(' ')}`,
      apply: async runtime =>
        void (await vm(call(runtime, 20_000), profile).run(words, { mux: true })),
    })
    const missing = policy.network.kernelModules.filter(module => !seen.modules.includes(module))
    const wrong = Object.entries(policy.network.sysctls).filter(
      ([key, value]) => seen.sysctls[key] !== value,
    )
    return [
      ...missing.map(module => remote(['sudo', 'modprobe', module])),
      ...wrong.map(([key, value]) => remote(['sudo', 'sysctl', '-w', `${key}=${value}`])),
    ]
  },
})
