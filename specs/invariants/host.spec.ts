// Host: Colima tells the truth, the node containers keep their settings, and timers find their
// tools.
import { cycleColima, renewDockerSocket, startDockerInVm } from '#helpers/colima/fixes.ts'
import { reassertContainer } from '#helpers/docker/fixes.ts'
import {
  bytes,
  invariant,
  notApplicable,
  verify,
  type Finding,
  type Policy,
} from '#helpers/index.ts'
import {
  colimaSays,
  dockerSocket,
  fileText,
  nodeContainer,
  plist,
  vmDocker,
  vmSsh,
} from '#helpers/host/questions.ts'

/**
 * Ways to be half dead while status says Running, and what mends each with the least harm. @source
 * colima, recorded: zombies, section 4
 */
function halfDeath(
  socket: boolean,
  ssh: boolean,
  dockerInside: () => boolean,
): { code: string; means: string; remedy: string } {
  if (socket)
    return {
      code: 'ssh-dead',
      means: '',
      remedy:
        'its services work; through the old ssh master: sudo systemctl start ssh.socket ssh.service',
    }
  if (!ssh)
    return {
      code: 'zombie',
      means: '',
      remedy: 'colima stop --force, then colima start (start alone does nothing)',
    }
  return dockerInside()
    ? {
        code: 'socket-lost',
        means: ': Docker runs inside the VM, the ssh master that forwarded its socket has gone',
        remedy:
          'remove the dead socket file and forward it again: ssh -O forward -L <socket>:/var/run/docker.sock lima-colima',
      }
    : {
        code: 'docker-stopped',
        means: ': Docker has stopped inside the VM',
        remedy: 'ssh into the VM: sudo systemctl start docker.socket docker.service',
      }
}

export const colimaTellsTheTruth = invariant({
  name: 'colima-tells-the-truth',
  title: 'Colima says that it runs, and its Docker socket and ssh agree',
  reason: 'a VM can say Running while it is dead; start is then a no-op, and every port is refused',
  subjects: policy =>
    policy.host === undefined ? [] : [{ name: `Colima ${policy.host.profile}` }],
  observe: policy => [colimaSays(policy), dockerSocket, vmSsh(policy), vmDocker(policy)],
  healedBy: [renewDockerSocket, startDockerInVm, cycleColima],
  judge(_, answers, policy): readonly Finding[] {
    const description = answers(colimaSays(policy))
    const socket = answers(dockerSocket)
    const ssh = answers(vmSsh(policy))
    const dead = [
      ...(socket.works ? [] : [`its Docker socket is dead (${socket.why})`]),
      ...(ssh.works ? [] : [`ssh is dead (${ssh.why})`]),
    ]
    const expected = 'status, Docker socket and ssh agree that it runs'
    if (description.kind === 'running') {
      if (dead.length === 0) return []
      const { code, means, remedy } = halfDeath(
        socket.works,
        ssh.works,
        () => answers(vmDocker(policy)).works,
      )
      return [
        { code, seen: `status says Running, but ${dead.join(' and ')}${means}`, expected, remedy },
      ]
    }
    if (description.kind === 'not-running' && dead.length === 0) {
      return [
        {
          code: 'hidden',
          seen: 'status says that it does not run, but Docker and ssh work: its hostagent is gone',
          expected,
          remedy: 'its services work: wait for a quiet hour, then colima stop --force and start',
        },
      ]
    }
    const seen =
      description.kind === 'hangs'
        ? 'colima status does not return'
        : `status says: ${description.description}`
    return [
      {
        code: description.kind,
        seen: dead.length === 0 ? seen : `${seen}; ${dead.join(' and ')}`,
        expected,
        remedy:
          description.kind === 'not-running'
            ? 'colima start'
            : 'colima stop --force, then colima start',
      },
    ]
  },
})

const containers = (policy: Policy) =>
  policy.nodes.flatMap(node =>
    node.container === undefined
      ? []
      : [
          {
            ...node.container,
            name: `container ${node.container.name}`,
            container: node.container.name,
          },
        ],
  )

export const containersKeepTheirSettings = invariant({
  name: 'node-containers-keep-their-settings',
  title: 'the node containers have the restart policy and the memory of the policy',
  reason:
    'without a restart policy the node stays down after a reboot; with the default memory it is slowed to a standstill inside a large VM',
  subjects: containers,
  observe: policy => containers(policy).map(({ container }) => nodeContainer(container)),
  healedBy: [reassertContainer],
  judge({ container, restartPolicy, memory }, answers) {
    const found = answers(nodeContainer(container))
    const remedy = `docker update --restart ${restartPolicy} --memory ${bytes(memory)} --memory-swap ${bytes(memory)} ${container}`
    return [
      ...(found.restartPolicy === restartPolicy
        ? []
        : [
            {
              code: 'restart-policy',
              seen: `restart policy is ${found.restartPolicy || 'none'}`,
              expected: restartPolicy,
              remedy,
            },
          ]),
      ...(found.memory === bytes(memory)
        ? []
        : [
            {
              code: 'memory',
              seen: `memory is ${found.memory === 0 ? 'unlimited' : `${(found.memory / 2 ** 30).toFixed(1)} GiB`}`,
              expected: memory,
              remedy,
            },
          ]),
    ]
  },
})

/** Whether a script exports a PATH with the folder near its top. */
const exportsPath = (script: string, folder: string): boolean =>
  script
    .split('\n')
    .slice(0, 30)
    .some(line => /^\s*export\s+PATH=/.test(line) && line.includes(folder))

export const timersFindTheirTools = invariant({
  name: 'launchd-jobs-find-their-tools',
  title: 'every launchd job and each of its scripts has homebrew on its PATH',
  reason:
    'the default PATH of launchd lacks it: healers once failed silently for six days because limactl was not found',
  subjects: policy =>
    (policy.host?.launchd ?? []).map(job => ({ ...job, name: `job ${job.label}` })),
  observe: policy =>
    (policy.host?.launchd ?? []).flatMap(job => [plist(job.plist), ...job.scripts.map(fileText)]),
  judge(job, answers, policy) {
    if (policy.host === undefined) return notApplicable('this host has no launchd')
    const { requiredPath } = policy.host
    const found = answers(plist(job.plist))
    if (found === null)
      return [
        {
          code: 'plist-missing',
          seen: `there is no ${job.plist}`,
          expected: 'the job is installed',
          remedy: `install ${job.label}, or remove it from the policy`,
        },
      ]
    const path = found.environment['PATH']
    const scripts = job.scripts.flatMap(script => {
      const text = answers(fileText(script))
      if (text === null)
        return [
          {
            code: `script-missing:${script}`,
            seen: `there is no ${script}`,
            expected: 'the script of the job',
            remedy: 'restore it from the repository',
          },
        ]
      return exportsPath(text, requiredPath)
        ? []
        : [
            {
              code: `script-path:${script}`,
              seen: `${script} does not export a PATH with ${requiredPath}`,
              expected: 'an export of PATH at its top',
              remedy: `add export PATH="${requiredPath}:…" as its first command`,
            },
          ]
    })
    const plistPath =
      path?.split(':').includes(requiredPath) === true
        ? []
        : [
            {
              code: 'plist-path',
              seen: path === undefined ? 'its plist sets no PATH' : `its PATH is ${path}`,
              expected: `${requiredPath} is on it`,
              remedy: `set EnvironmentVariables.PATH in ${job.plist}, then bootout and bootstrap the job`,
            },
          ]
    return [...plistPath, ...scripts]
  },
})

verify(import.meta, colimaTellsTheTruth, containersKeepTheirSettings, timersFindTheirTools)
