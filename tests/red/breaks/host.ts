// Breaks of the host: a Colima that reports a wrong state, a node container with lost settings,
// jobs that do not find their tools.
import { node, type World } from '#tests/red/world.ts'
import type { Break } from './break.ts'
import { withoutApi, withoutDocker, withoutSsh } from './unseen.ts'

const colima = 'colima-tells-the-truth · Colima default'
const agents = '/Users/joel/Library/LaunchAgents'
const script = '/Users/joel/Code/joelhooks/joelclaw/infra/k8s-reboot-heal.sh'
const noPort = { 'ports-answer-their-application · *': 'violated' } as const

/**
 * A start of the VM sets the taint again. A new Docker daemon assigns the same ports, so kubeconfig
 * and talosconfig stay right.
 */
const afterCycle = ['cycle-colima', 'remove-control-plane-taint'] as const

const noExport = async ({ runtime }: World): Promise<void> =>
  runtime.files.write(
    script,
    ((await runtime.files.read(script)) ?? '').replace(/^export PATH=.*\n/m, ''),
  )

export const colimas: readonly Break[] = [
  {
    name: 'Colima is a zombie: it says Running, Docker and sshd are dead',
    findings: {
      [colima]: [
        {
          code: 'zombie',
          seen:
            'status is Running, but its Docker socket is dead (docker info: exit 1: ' +
            'error during connect: Get ' +
            '"http://%2FUsers%2Fjoel%2F.colima%2Fdefault%2Fdocker.sock/v1.50/info": ' +
            'read unix @->/Users/joel/.colima/default/docker.sock: read: ' +
            'connection reset by peer) and ssh is dead (ssh to lima-colima failed: ' +
            'it hangs up before the login; restart it or its sshd)',
          expected: 'status, Docker socket and ssh agree that it runs',
          remedy: 'colima stop --force, then colima start (start alone does nothing)',
        },
      ],
    },
    also: { ...withoutApi, ...withoutDocker, ...noPort },
    harm: ({ inVm }) =>
      inVm(
        'sudo',
        'systemctl',
        'stop',
        'docker.socket',
        'docker.service',
        'ssh.socket',
        'ssh.service',
      ),
    wait: '10 s',
    healedBy: afterCycle,
  },
  {
    name: 'only Docker is dead in a VM that says Running',
    findings: {
      [colima]: [
        {
          code: 'docker-stopped',
          seen:
            'status is Running, but its Docker socket is dead (docker info: exit 1: ' +
            'error during connect: Get ' +
            '"http://%2FUsers%2Fjoel%2F.colima%2Fdefault%2Fdocker.sock/v1.50/info": ' +
            'read unix @->/Users/joel/.colima/default/docker.sock: read: ' +
            'connection reset by peer): Docker has stopped inside the VM',
          expected: 'status, Docker socket and ssh agree that it runs',
          remedy: 'ssh into the VM: sudo systemctl start docker.socket docker.service',
        },
      ],
    },
    also: { ...withoutApi, ...withoutDocker, ...noPort },
    harm: ({ inVm }) => inVm('sudo', 'systemctl', 'stop', 'docker.socket', 'docker.service'),
    wait: '10 s',
    // The node container starts again with Docker, and Talos taints it.
    healedBy: ['start-docker-in-vm', 'remove-control-plane-taint'],
  },
  {
    name: 'the ssh master is gone, and with it the forwarded Docker socket',
    findings: {
      [colima]: [
        {
          code: 'socket-lost',
          seen:
            'status is Running, but its Docker socket is dead (docker info: exit 1: ' +
            'Cannot connect to the Docker daemon at ' +
            'unix:///Users/joel/.colima/default/docker.sock. Is the docker daemon running?): ' +
            'Docker runs inside the VM, the ssh master that forwarded its socket has gone',
          expected: 'status, Docker socket and ssh agree that it runs',
          remedy:
            'remove the dead socket file and forward it again: ' +
            'ssh -O forward -L <socket>:/var/run/docker.sock lima-colima',
        },
      ],
    },
    also: { ...withoutApi, ...withoutDocker, ...noPort },
    harm: ({ lab }) => lab.host.faultControls.killMaster(),
    wait: '10 s',
    healedBy: ['renew-docker-socket'],
  },
  {
    name: 'only sshd is dead in a VM whose services work',
    findings: {
      [colima]: [
        {
          code: 'ssh-dead',
          seen:
            'status is Running, but ssh is dead (ssh to lima-colima failed: ' +
            'it hangs up before the login; restart it or its sshd)',
          expected: 'status, Docker socket and ssh agree that it runs',
          remedy:
            'its services work; through the old ssh master: ' +
            'sudo systemctl start ssh.socket ssh.service',
        },
      ],
    },
    harm: ({ inVm }) => inVm('sudo', 'systemctl', 'stop', 'ssh.socket', 'ssh.service'),
    wait: '10 s',
    // One working path shows that the VM runs.
    healedBy: [],
  },
  {
    name: 'the hostagent is gone: Colima says that it does not run, and all works',
    findings: {
      [colima]: [
        {
          code: 'hidden',
          seen: 'status is not Running, but Docker and ssh work: its hostagent is gone',
          expected: 'status, Docker socket and ssh agree that it runs',
          remedy: 'its services work: wait for a quiet hour, then colima stop --force and start',
        },
      ],
    },
    harm: ({ lab }) => lab.host.faultControls.killHostagent(),
    wait: '10 s',
    // One working path shows that the VM runs.
    healedBy: [],
  },
  {
    name: 'Colima is stopped',
    findings: {
      [colima]: [
        {
          code: 'not-running',
          seen:
            'colima status: colima is not running; its Docker socket is dead (docker info: ' +
            'exit 1: Cannot connect to the Docker daemon at ' +
            'unix:///Users/joel/.colima/default/docker.sock. Is the docker daemon running?) ' +
            'and ssh is dead (ssh to lima-colima failed: connection refused on port <ssh>; ' +
            'start it or its sshd)',
          expected: 'status, Docker socket and ssh agree that it runs',
          remedy: 'colima start',
        },
      ],
    },
    also: { ...withoutApi, ...withoutDocker, ...withoutSsh, ...noPort },
    harm: ({ command }) => command('colima', 'stop'),
    healedBy: afterCycle,
  },
  {
    name: 'the VM stands still, and status never returns',
    findings: {
      [colima]: [
        {
          code: 'hangs',
          seen:
            'colima status does not return; its Docker socket is dead (docker info did not ' +
            'answer within 8.0 s and was killed) and ssh is dead (ssh to lima-colima failed: ' +
            'it hangs up before the login; restart it or its sshd)',
          expected: 'status, Docker socket and ssh agree that it runs',
          remedy: 'colima stop --force, then colima start',
        },
      ],
    },
    also: { ...withoutApi, ...withoutDocker, ...withoutSsh, ...noPort },
    harm: ({ lab }) => lab.host.faultControls.freezeVm(true),
    healedBy: afterCycle,
  },
  {
    name: 'the VM has lost its network',
    findings: {
      [colima]: [
        {
          code: 'failed',
          seen:
            'colima status: error retrieving current runtime: empty value; ' +
            'its Docker socket is dead (docker info: exit 1: Cannot connect to the Docker ' +
            'daemon at unix:///Users/joel/.colima/default/docker.sock. ' +
            'Is the docker daemon running?) and ssh is dead (ssh to lima-colima failed: ' +
            'connection refused on port <ssh>; start it or its sshd)',
          expected: 'status, Docker socket and ssh agree that it runs',
          remedy: 'colima stop --force, then colima start',
        },
      ],
    },
    also: { ...withoutApi, ...withoutDocker, ...withoutSsh, ...noPort },
    harm: ({ lab }) => lab.host.faultControls.killUsernet(),
    wait: '10 s',
    healedBy: afterCycle,
  },
]

export const settings: readonly Break[] = [
  {
    name: 'a recreation forgot the restart policy',
    findings: {
      [`node-containers-keep-their-settings · container ${node}`]: [
        {
          code: 'restart-policy',
          seen: 'restart policy is no',
          expected: 'unless-stopped',
          remedy:
            'docker update --restart unless-stopped --memory 19327352832 --memory-swap ' +
            '19327352832 joelclaw-controlplane-1',
        },
      ],
    },
    harm: ({ docker }) => docker('update', '--restart', 'no', node),
    healedBy: ['reassert-container-settings'],
  },
  {
    name: 'a recreation left the default memory',
    findings: {
      [`node-containers-keep-their-settings · container ${node}`]: [
        {
          code: 'memory',
          seen: 'memory is 4.0 GiB',
          expected: '18 GiB',
          remedy:
            'docker update --restart unless-stopped --memory 19327352832 --memory-swap ' +
            '19327352832 joelclaw-controlplane-1',
        },
      ],
    },
    harm: ({ docker }) => docker('update', '--memory', '4g', '--memory-swap', '4g', node),
    healedBy: ['reassert-container-settings'],
  },
  {
    name: 'a job of launchd is not installed',
    findings: {
      'launchd-jobs-find-their-tools · job com.joel.talon': [
        {
          code: 'plist-missing',
          seen: 'there is no /Users/joel/Library/LaunchAgents/com.joel.talon.plist',
          expected: 'the job is installed',
          remedy: 'install com.joel.talon, or remove it from the policy',
        },
      ],
    },
    harm: ({ runtime }) => runtime.files.remove(`${agents}/com.joel.talon.plist`),
    healedBy: [],
  },
  {
    name: 'a job of launchd has the default PATH',
    findings: {
      'launchd-jobs-find-their-tools · job com.joel.talon': [
        {
          code: 'plist-path',
          seen: 'its plist sets no PATH',
          expected: '/opt/homebrew/bin is on it',
          remedy:
            'set EnvironmentVariables.PATH in ' +
            '/Users/joel/Library/LaunchAgents/com.joel.talon.plist, ' +
            'then bootout and bootstrap the job',
        },
      ],
    },
    harm: ({ lab }) => void lab.host.faultControls.plistPath('com.joel.talon', undefined),
    healedBy: [],
  },
  {
    name: 'a job of launchd has a PATH without homebrew',
    findings: {
      'launchd-jobs-find-their-tools · job com.joel.colima': [
        {
          code: 'plist-path',
          seen: 'its PATH is /usr/bin:/bin:/opt/homebrew/bin-old',
          expected: '/opt/homebrew/bin is on it',
          remedy:
            'set EnvironmentVariables.PATH in ' +
            '/Users/joel/Library/LaunchAgents/com.joel.colima.plist, ' +
            'then bootout and bootstrap the job',
        },
      ],
    },
    harm: ({ lab }) =>
      void lab.host.faultControls.plistPath(
        'com.joel.colima',
        '/usr/bin:/bin:/opt/homebrew/bin-old',
      ),
    healedBy: [],
  },
  {
    name: 'the script of a job is gone',
    findings: {
      'launchd-jobs-find-their-tools · job com.joel.k8s-reboot-heal': [
        {
          code: 'script-missing:/Users/joel/Code/joelhooks/joelclaw/infra/k8s-reboot-heal.sh',
          seen: 'there is no /Users/joel/Code/joelhooks/joelclaw/infra/k8s-reboot-heal.sh',
          expected: 'the script of the job',
          remedy: 'restore it from the repository',
        },
      ],
    },
    harm: ({ runtime }) => runtime.files.remove(script),
    healedBy: [],
  },
  {
    name: 'the script of a job does not set its PATH',
    findings: {
      'launchd-jobs-find-their-tools · job com.joel.k8s-reboot-heal': [
        {
          code: 'script-path:/Users/joel/Code/joelhooks/joelclaw/infra/k8s-reboot-heal.sh',
          seen:
            '/Users/joel/Code/joelhooks/joelclaw/infra/k8s-reboot-heal.sh does not export a ' +
            'PATH with /opt/homebrew/bin',
          expected: 'an export of PATH at its top',
          remedy: 'add export PATH="/opt/homebrew/bin:…" as its first command',
        },
      ],
    },
    harm: noExport,
    healedBy: [],
  },
  {
    name: 'the healer is not loaded, although its plist is there',
    findings: {
      'launchd-jobs-run · job com.joel.k8s-reboot-heal': [
        {
          code: 'not-loaded',
          seen: 'launchd does not know com.joel.k8s-reboot-heal',
          expected: 'it is loaded',
          remedy:
            'launchctl bootstrap gui/$(id -u) ' +
            '/Users/joel/Library/LaunchAgents/com.joel.k8s-reboot-heal.plist ' +
            '(system for a LaunchDaemon)',
        },
      ],
    },
    harm: ({ command }) => command('launchctl', 'bootout', 'gui/501/com.joel.k8s-reboot-heal'),
    healedBy: [],
  },
  {
    name: 'the healer fails at each start',
    findings: {
      'launchd-jobs-run · job com.joel.k8s-reboot-heal': [
        {
          code: 'last-run-failed',
          seen: 'its last run exited with 127',
          expected: 'it runs, or its last run exited with 0',
          remedy:
            'read its log (StandardErrorPath in its plist), ' +
            'then launchctl kickstart com.joel.k8s-reboot-heal',
        },
      ],
    },
    harm: ({ lab }) => lab.host.faultControls.jobExited('com.joel.k8s-reboot-heal', 127),
    healedBy: [],
  },
]
