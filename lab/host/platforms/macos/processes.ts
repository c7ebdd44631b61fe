// Processes of the host: those from the seed, those of the VM, orphans and launchd's jobs.
import { driverOf, instanceOf, limaFolder, networkFolder, type Mac } from '#lab/host/mac.ts'

export interface ProcessRow {
  pid: number
  ppid: number
  user: string
  args: string
}

const usernetArgs = (mac: Mac): string => {
  const folder = networkFolder(mac)
  return [
    `/opt/homebrew/bin/limactl usernet -p ${folder}/usernet_user-v2.pid`,
    `-e ${folder}/user-v2_ep.sock --listen-qemu ${folder}/user-v2_qemu.sock`,
    `--listen ${folder}/user-v2_fd.sock --subnet 192.168.5.0/24`,
  ].join(' ')
}

const hostagentArgs = (mac: Mac): string => {
  const folder = limaFolder(mac)
  return [
    `/opt/homebrew/bin/limactl hostagent --pidfile ${folder}/ha.pid --socket ${folder}/ha.sock`,
    `--guestagent /opt/homebrew/share/lima/lima-guestagent.Linux-${mac.seed.vm.arch}.gz`,
    instanceOf(mac),
  ].join(' ')
}

const masterArgs = (mac: Mac): string => `ssh: ${limaFolder(mac)}/ssh.sock [mux]`

const virtualization =
  '/System/Library/Frameworks/Virtualization.framework/Versions/A/XPCServices/' +
  'com.apple.Virtualization.VirtualMachine.xpc/Contents/MacOS/' +
  'com.apple.Virtualization.VirtualMachine'

function vmArgs(mac: Mac): string {
  if (driverOf(mac) !== 'qemu') return virtualization
  const { arch, memory } = mac.seed.vm
  const program = `/opt/homebrew/bin/qemu-system-${arch}`
  return `${program} -m ${memory / 2 ** 20} -name lima-${instanceOf(mac)}`
}

/** All processes of the host by pid. The state of the VM determines its own processes. */
export function processRows(mac: Mac): ProcessRow[] {
  const { seed } = mac
  const rows: ProcessRow[] = mac.processes.map(({ pid, ppid, user, args }) => ({
    pid,
    ppid,
    user,
    args,
  }))
  rows.push(...carriers(mac).map(one => ({ ...one, user: seed.user })))
  for (const { pid, domain, arguments: words } of mac.launchd) {
    if (pid === undefined || rows.some(row => row.pid === pid)) continue
    const user = domain === 'system' ? 'root' : seed.user
    rows.push({ pid, ppid: 1, user, args: words.join(' ') })
  }
  return rows.toSorted((a, b) => a.pid - b.pid)
}

/** The VM's host processes, and those that outlived an earlier VM. */
function carriers(mac: Mac): Omit<ProcessRow, 'user'>[] {
  const { vm } = mac
  const rows: Omit<ProcessRow, 'user'>[] = []
  const add = (pid: number, ppid: number, args: string): number => rows.push({ pid, ppid, args })
  if (vm.usernet === 'running') add(vm.pids.usernet, 1, usernetArgs(mac))
  if (vm.hostagent !== 'gone') add(vm.pids.hostagent, 1, hostagentArgs(mac))
  if (vm.process !== 'gone')
    add(vm.pids.process, vm.hostagent === 'gone' ? 1 : vm.pids.hostagent, vmArgs(mac))
  if (vm.sshMaster === 'up') add(vm.pids.master, 1, masterArgs(mac))
  for (const orphan of mac.orphans)
    add(orphan.pid, 1, orphan.kind === 'usernet' ? usernetArgs(mac) : masterArgs(mac))
  return rows
}
