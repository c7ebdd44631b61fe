// Durations on the simulated Mac, in ms. Failures last as long as they do in the real programs.

/**
 * A start of the VM, in ms after the VM's process appears. The order is that of a recorded Colima
 * start. Its times are scaled from an emulated CPU to a Mac, where `colima start` takes about 25 s
 * (10 s of them for a node that ignores SIGTERM) and the whole stack about 60 s.
 * @source k8s skill, After Mac reboot (about 60 s); order measured with Colima v0.8.1
 */
export const boot = {
  /** From the command to the VM's process. */
  process: 1000,
  /** The kernel is up, and ssh can log in. */
  sshd: 5000,
  /** The guest's Docker is up and has started its containers for the first time. */
  docker: 6000,
  /** Lima's essential requirements are met; the ssh master is up. */
  master: 7000,
  /** docker.sock is forwarded, the guest agent has reported, and the ports are forwarded. */
  agent: 8500,
  ready: 9500,
  /** After READY: Colima rewrites daemon.json and restarts Docker. */
  provision: 1000,
  /** From Docker's restart to the end of `colima start`. */
  finish: 2000,
} as const

/** @source measured with Colima v0.8.1, power button of an idle guest, scaled to a Mac */
export const powerOff = 3000
/** Pause between the stop and the start of `colima restart`. @source measured with Colima v0.8.1 */
export const restartPause = 3000
/**
 * How long the hostagent takes to notice that its VM died, clean up and exit. @source measured with
 * Colima v0.8.1, within 4 s
 */
export const hostagentExit = 3000
/**
 * How long the ssh master keeps its connection after usernet has died. @source measured with Colima
 * v0.8.1, within 2 s
 */
export const usernetLoss = 2000
/**
 * How long the hostagent takes to renew its forwards after a new ssh master. @source measured with
 * Colima v0.8.1, within 10 s
 */
export const renewal = 10_000
/** Interval at which the guest agent scans for ports. @source Lima default, guest agent tick */
export const portTick = 3000

export const docker = {
  /**
   * From the exec of dockerd to its first answer, with the containers started. @source measured,
   * Docker 28
   */
  start: 2000,
  /** How long dockerd takes to end after its containers. */
  stop: 500,
  /** SIGTERM to SIGKILL. @source Docker default, stop timeout */
  grace: 10_000,
  /**
   * A container from `start` to running.
   * @source measured on a v1.35 node: docker restart returns 1.2 s after the kill
   */
  containerStart: 700,
  /** The first pause of a restart policy; it doubles up to a minute. @source Docker default */
  backoff: 100,
  /** @source measured with Colima v0.8.1 */
  ps: 140,
  info: 490,
  other: 80,
  failure: 40,
} as const

/** @source measured with Colima v0.8.1 */
export const colima = {
  version: 190,
  versionRunning: 2320,
  status: 2000,
  /** Extra time when ssh has to start a new master. */
  newMaster: 2000,
  notRunning: 50,
  /** The guest is booting, and ssh cannot log in yet. */
  emptyWhileBooting: 2540,
  /** The guest's sshd refuses at once. */
  emptyRefused: 200,
  list: 50,
  /** The timeout of a request to a hostagent that is frozen. */
  hostagentSilence: 3000,
  noop: 90,
  ssh: 400,
  stop: 140,
  forceHealthy: 2200,
  forceQuick: 140,
  brokenStart: 180,
} as const

/** @source measured with OpenSSH 9.2 and Colima v0.8.1 */
export const ssh = {
  command: 110,
  newMaster: 1500,
  refused: 40,
  /** The guest does not complete the key exchange. */
  kexReset: 3000,
  /** The guest's port is closed. */
  closed: 80,
  control: 60,
} as const

/** A server with systemd. @source measured: systemd 252, a v1.35 node, on a loaded machine */
export const systemd = {
  /** A whole ssh command, without the time of the remote program. */
  login: 270,
  /** From `systemctl stop` to the end of the main process. */
  stop: 6500,
  /** Interval at which systemd's start job checks whether the API server serves. */
  poll: 500,
} as const

/** @source measured with talosctl v1.9.0 */
export const talosctl = { local: 100, call: 120, refused: 90, handshake: 20_100 } as const

/** Programs in the guest that take noticeable time. @source measured on Linux */
export const guest = { df: 5, modprobe: 30, systemctl: 40 } as const

/** Added by the loopback to the time that the application takes. @source measured on Linux */
export const net = { hop: 1, tls: 6, process: 3, lookup: 5 } as const

/** How long a local tool takes that asks no server. @source measured on Linux */
export const tool = 20
export const kubectl = 60
/**
 * From a container's start until the Talos API answers; it does not wait for Kubernetes.
 * @source measured with Talos v1.12.6 in Docker: docker restart, two runs
 */
export const apid = 2400
