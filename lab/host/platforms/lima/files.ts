// The files of Lima and Colima in the home folder, during and after a run of the VM.
import {
  dockerSock,
  instanceOf,
  limaFolder,
  networkFolder,
  driverOf,
  type Mac,
} from '#lab/host/mac.ts'

const pidFile = (mac: Mac): string => `${limaFolder(mac)}/${driverOf(mac)}.pid`
const sockets = ['ga.sock', 'ha.sock', 'serial.sock', 'serialv.sock']

/**
 * Writes the files of a start: pid files, sockets, and an ssh.config with the port of this start.
 */
export function bootFiles(mac: Mac): void {
  const { disk, vm } = mac
  const folder = limaFolder(mac)
  disk.write(`${folder}/ssh.config`, sshConfig(mac, `lima-${instanceOf(mac)}`))
  disk.write(`${folder}/ha.pid`, `${vm.pids.hostagent}\n`)
  disk.write(pidFile(mac), `${vm.pids.process}\n`)
  disk.write(`${networkFolder(mac)}/usernet_user-v2.pid`, `${vm.pids.usernet}\n`)
  for (const name of sockets) disk.socket(`${folder}/${name}`)
  for (const name of ['user-v2_ep.sock', 'user-v2_fd.sock', 'user-v2_qemu.sock'])
    disk.socket(`${networkFolder(mac)}/${name}`)
  disk.write(`${mac.seed.home}/.colima/_lima/_disks/${instanceOf(mac)}/in_use_by`, folder)
}

/**
 * Removes what each kind of end removes. `graceful`: pid files and docker.sock; `ha.sock` stays.
 * `force`: all of Lima's files; both dead docker.sock files stay. `crash`: the hostagent cleans up
 * after a VM that died. @source measured with Colima v0.8.1
 */
export function stopFiles(mac: Mac, end: 'graceful' | 'force' | 'crash'): void {
  const { disk } = mac
  const folder = limaFolder(mac)
  const gone = {
    crash: ['ha.pid', 'ga.sock'],
    force: ['ha.pid', ...sockets, 'ssh.sock'],
    graceful: ['ha.pid', ...sockets.filter(name => name !== 'ha.sock'), 'ssh.sock'],
  }
  for (const name of gone[end]) disk.remove(`${folder}/${name}`)
  disk.remove(pidFile(mac))
  disk.remove(`${folder}/ssh.sock`)
  if (end !== 'force') {
    disk.remove(dockerSock(mac))
    disk.remove(`${mac.seed.home}/.colima/docker.sock`)
  }
  if (end !== 'crash') disk.remove(`${networkFolder(mac)}/usernet_user-v2.pid`)
  // After a crash the marker stays. The next start of the same instance removes it.
  if (end !== 'crash')
    disk.remove(`${mac.seed.home}/.colima/_lima/_disks/${instanceOf(mac)}/in_use_by`)
}

/** Lima's ssh.config. `colima ssh-config` prints the same under another host name. */
export function sshConfig(mac: Mac, host: string): string {
  const { home, user } = mac.seed
  return [
    "# This SSH config file can be passed to 'ssh -F'.",
    '# This file is created by Lima, but not used by Lima itself currently.',
    '# Modifications to this file will be lost on restarting the Lima instance.',
    `Host ${host}`,
    `  IdentityFile "${home}/.colima/_lima/_config/user"`,
    '  StrictHostKeyChecking no',
    '  UserKnownHostsFile /dev/null',
    '  NoHostAuthenticationForLocalhost yes',
    '  GSSAPIAuthentication no',
    '  PreferredAuthentications publickey',
    '  Compression no',
    '  BatchMode yes',
    '  IdentitiesOnly yes',
    '  Ciphers "^aes128-gcm@openssh.com,aes256-gcm@openssh.com"',
    `  User ${user}`,
    '  ControlMaster auto',
    `  ControlPath "${limaFolder(mac)}/ssh.sock"`,
    '  ControlPersist yes',
    '  Hostname 127.0.0.1',
    `  Port ${mac.vm.sshPort}`,
    '',
  ].join('\n')
}
