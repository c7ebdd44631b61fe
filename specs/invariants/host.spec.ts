// Host: Colima reports its true state, the node containers keep their settings, and timers find
// their tools.
import { cycleColima, renewDockerSocket, startDockerInVm } from '#helpers/colima/fixes.ts'
import { reassertContainer } from '#helpers/docker/fixes.ts'
import { bytes, fact, invariant, verify, type Policy } from '#helpers/index.ts'
import { colimaSays, vmDocker, vmSsh } from '#helpers/colima/questions.ts'
import { dockerSocket, nodeContainer } from '#helpers/docker/questions.ts'
import { fileText, jobState, plist } from '#helpers/launchd/questions.ts'

const agree = 'status, Docker socket and ssh agree that it runs'
const restart = 'colima stop --force, then colima start'

/** Colima reports Running, but part of it is dead. @source colima, recorded: zombies, section 4 */
const halfDead = <Code extends string>(code: Code, remedy: string, means = '') =>
  fact(code, (dead: readonly string[]) => ({
    seen: `status is Running, but ${dead.join(' and ')}${means}`,
    expected: agree,
    remedy,
  }))

const sshDead = halfDead(
  'ssh-dead',
  'its services work; through the old ssh master: sudo systemctl start ssh.socket ssh.service',
)
const zombie = halfDead('zombie', `${restart} (start alone does nothing)`)
const socketLost = halfDead(
  'socket-lost',
  'remove the dead socket file and forward it again: ' +
    'ssh -O forward -L <socket>:/var/run/docker.sock lima-colima',
  ': Docker runs inside the VM, the ssh master that forwarded its socket has gone',
)
const dockerStopped = halfDead(
  'docker-stopped',
  'ssh into the VM: sudo systemctl start docker.socket docker.service',
  ': Docker has stopped inside the VM',
)

const hidden = fact('hidden', () => ({
  seen: 'status is not Running, but Docker and ssh work: its hostagent is gone',
  expected: agree,
  remedy: 'its services work: wait for a quiet hour, then colima stop --force and start',
}))

/** Colima itself reports that it does not run as it should. */
const admitted = <Code extends string>(code: Code, remedy: string) =>
  fact(code, (says: string, dead: readonly string[]) => ({
    seen: dead.length === 0 ? says : `${says}; ${dead.join(' and ')}`,
    expected: agree,
    remedy,
  }))

const notRunning = admitted('not-running', 'colima start')
const hangs = admitted('hangs', restart)
const failed = admitted('failed', restart)

export const colimaTellsTheTruth = invariant({
  name: 'colima-tells-the-truth',
  title: 'Colima reports that it runs, and its Docker socket and ssh confirm it',
  reason:
    'a VM can report Running while it is dead; start is then a no-op, and every port is refused',
  when: policy => policy.host !== undefined,
  subjects: policy => [{ name: `Colima ${policy.host?.profile}` }],
  observe: policy => [colimaSays(policy), dockerSocket, vmSsh(policy), vmDocker(policy)],
  healedBy: [renewDockerSocket, startDockerInVm, cycleColima],
  facts: [sshDead, zombie, socketLost, dockerStopped, hidden, notRunning, hangs, failed],
  judge(_, answers, policy) {
    const status = answers(colimaSays(policy))
    const socket = answers(dockerSocket)
    const ssh = answers(vmSsh(policy))
    const dead: string[] = []
    if (!socket.works) dead.push(`its Docker socket is dead (${socket.why})`)
    if (!ssh.works) dead.push(`ssh is dead (${ssh.why})`)
    if (status.kind === 'hangs') return hangs('colima status does not return', dead)
    if (status.kind === 'failed') return failed(`colima status: ${status.description}`, dead)
    if (status.kind === 'not-running')
      return dead.length === 0 ? hidden() : notRunning(`colima status: ${status.description}`, dead)
    if (socket.works) return !ssh.works && sshDead(dead)
    if (!ssh.works) return zombie(dead)
    return answers(vmDocker(policy)).works ? socketLost(dead) : dockerStopped(dead)
  },
})

const containers = ({ nodes }: Policy) =>
  nodes
    .flatMap(({ container }) => container ?? [])
    .map(container => ({
      ...container,
      name: `container ${container.name}`,
      container: container.name,
    }))
type NodeContainer = Omit<ReturnType<typeof containers>[number], 'name'>

const update = ({ container, restartPolicy, memory }: NodeContainer): string =>
  `docker update --restart ${restartPolicy} ` +
  `--memory ${bytes(memory)} --memory-swap ${bytes(memory)} ${container}`

const wrongRestart = fact('restart-policy', (found: string, wanted: NodeContainer) => ({
  seen: `restart policy is ${found || 'none'}`,
  expected: wanted.restartPolicy,
  remedy: update(wanted),
}))

const wrongMemory = fact('memory', (found: number, wanted: NodeContainer) => ({
  seen: `memory is ${found === 0 ? 'unlimited' : `${(found / 2 ** 30).toFixed(1)} GiB`}`,
  expected: wanted.memory,
  remedy: update(wanted),
}))

export const containersKeepTheirSettings = invariant({
  name: 'node-containers-keep-their-settings',
  title: 'the node containers have the restart policy and memory that the policy states',
  reason:
    'without a restart policy the node stays down after a reboot; ' +
    'with too little memory it slows to a standstill',
  subjects: containers,
  observe: policy => containers(policy).map(({ container }) => nodeContainer(container)),
  healedBy: [reassertContainer],
  facts: [wrongRestart, wrongMemory],
  judge(wanted, answers) {
    const { restartPolicy, memory } = answers(nodeContainer(wanted.container))
    return [
      restartPolicy !== wanted.restartPolicy && wrongRestart(restartPolicy, wanted),
      memory !== bytes(wanted.memory) && wrongMemory(memory, wanted),
    ]
  },
})

/** Whether a script exports a PATH with the folder near its top. */
const exportsPath = (script: string, folder: string): boolean =>
  script
    .split('\n')
    .slice(0, 30)
    .some(line => /^\s*export\s+PATH=/.test(line) && line.includes(folder))

const plistMissing = fact('plist-missing', (job: { plist: string; label: string }) => ({
  seen: `there is no ${job.plist}`,
  expected: 'the job is installed',
  remedy: `install ${job.label}, or remove it from the policy`,
}))

const scriptMissing = fact('script-missing', (script: string) => ({
  which: script,
  seen: `there is no ${script}`,
  expected: 'the script of the job',
  remedy: 'restore it from the repository',
}))

const scriptPath = fact('script-path', (script: string, folder: string) => ({
  which: script,
  seen: `${script} does not export a PATH with ${folder}`,
  expected: 'an export of PATH at its top',
  remedy: `add export PATH="${folder}:…" as its first command`,
}))

const plistPath = fact('plist-path', (path: string | undefined, folder: string, plist: string) => ({
  seen: path === undefined ? 'its plist sets no PATH' : `its PATH is ${path}`,
  expected: `${folder} is on it`,
  remedy: `set EnvironmentVariables.PATH in ${plist}, then bootout and bootstrap the job`,
}))

const jobs = ({ host }: Policy) =>
  (host?.launchd ?? []).map(job => ({
    ...job,
    name: `job ${job.label}`,
    folder: host?.requiredPath ?? '',
  }))

export const timersFindTheirTools = invariant({
  name: 'launchd-jobs-find-their-tools',
  title: 'every launchd job and each of its scripts has homebrew on its PATH',
  reason: 'the default PATH of launchd lacks it: a job that does not find its tools fails silently',
  subjects: jobs,
  observe: policy => jobs(policy).flatMap(job => [plist(job.plist), ...job.scripts.map(fileText)]),
  facts: [plistMissing, scriptMissing, scriptPath, plistPath],
  judge({ folder, ...job }, answers) {
    const found = answers(plist(job.plist))
    if (found === null) return plistMissing(job)
    const path = found.environment['PATH']
    return [
      path?.split(':').includes(folder) !== true && plistPath(path, folder, job.plist),
      job.scripts.map(script => {
        const text = answers(fileText(script))
        if (text === null) return scriptMissing(script)
        return !exportsPath(text, folder) && scriptPath(script, folder)
      }),
    ]
  },
})

const notLoaded = fact('not-loaded', (job: { plist: string; label: string }) => ({
  seen: `launchd does not know ${job.label}`,
  expected: 'it is loaded',
  remedy: `launchctl bootstrap gui/$(id -u) ${job.plist} (system for a LaunchDaemon)`,
}))

const lastRunFailed = fact('last-run-failed', (label: string, code: number) => ({
  seen: code < 0 ? `signal ${-code} ended its last run` : `its last run exited with ${code}`,
  expected: 'it runs, or its last run exited with 0',
  remedy: `read its log (StandardErrorPath in its plist), then launchctl kickstart ${label}`,
}))

export const timersRun = invariant({
  name: 'launchd-jobs-run',
  title: 'every launchd job is loaded, and its last run succeeded',
  reason: 'a healer that is not loaded, or fails at each start, heals nothing and raises no alarm',
  subjects: jobs,
  observe: policy => jobs(policy).map(({ label, plist: path }) => jobState(label, path)),
  facts: [notLoaded, lastRunFailed],
  judge(job, answers) {
    const state = answers(jobState(job.label, job.plist))
    if (state === null) return notLoaded(job)
    const { runs, lastExitCode = 0 } = state
    return !runs && lastExitCode !== 0 && lastRunFailed(job.label, lastExitCode)
  },
})

verify(
  import.meta,
  colimaTellsTheTruth,
  containersKeepTheirSettings,
  timersFindTheirTools,
  timersRun,
)
