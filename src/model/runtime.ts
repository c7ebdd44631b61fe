// The interfaces to everything outside holdfast. The lab and the live target implement them, and
// nothing else does.
import type { Dispatcher } from 'undici'

/** Time. In the lab it is virtual: it passes only while code waits for it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /**
   * The shortest useful interval between questions when every moment counts, ms. In real time, that
   * is the load that a host can bear. In virtual time, it is what the tests can afford, because
   * there an evaluation costs time and waiting does not.
   */
  readonly closest: number
  /** Resolves after `ms`. Rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Randomness. One seed gives one history. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
}

/** How a command ended. `tookMs` is measured with the clock of the runtime. */
export type Exit =
  | { kind: 'exited'; code: number; stdout: string; stderr: string; tookMs: number }
  | { kind: 'missing'; program: string; tookMs: number }
  | { kind: 'timed-out'; stdout: string; stderr: string; tookMs: number }

export interface RunOptions {
  /** Milliseconds after which the command and its process group are killed. */
  deadline: number
  stdin?: string
  signal?: AbortSignal
}

/**
 * Commands on the host. Arguments never pass through a shell, and output is limited to 4 MiB per
 * stream.
 */
export interface Shell {
  /** Rejects only if the signal aborts. Every other end is a value. */
  run(argv: readonly string[], options: RunOptions): Promise<Exit>
}

/** The result of a connection from the host: an answer, or how it failed. */
export type NetAnswer =
  | { kind: 'answered'; status: number; body: string; tookMs: number }
  | { kind: 'refused' | 'reset' | 'silent' | 'failed'; why: string; tookMs: number }

/** Connections from the host, like those of its users. Bodies are limited to 64 KiB. */
export interface Net {
  /**
   * One GET on a new connection, without following redirects. `deadline` in ms; after that the
   * result is `silent`.
   */
  http(url: string, options: { deadline: number; signal?: AbortSignal }): Promise<NetAnswer>
  /**
   * Connects, sends, and resolves with the first bytes of the answer as `body` (status 0). Without
   * anything to send, an open connection is the answer, and its body is a greeting or empty.
   */
  tcp(
    to: { host: string; port: number; send?: string },
    options: { deadline: number; signal?: AbortSignal },
  ): Promise<NetAnswer>
}

/** Files on the host, with absolute paths or `~/…`. */
export interface Files {
  /**
   * The text of a file, or undefined if it does not exist. Rejects if it exists and is unreadable.
   */
  read(path: string): Promise<string | undefined>
  /** The files of a folder. Empty if the folder does not exist. */
  list(path: string): Promise<readonly { name: string; bytes: number; modifiedAt: number }[]>
  /**
   * Replaces a file atomically by renaming a new one over it. Creates missing folders. `mode`: of a
   * new file; by default only its user may read it.
   */
  write(path: string, text: string, mode?: number): Promise<void>
  remove(path: string): Promise<void>
}

/** How to trust the API server, and the credentials for it. PEM texts. */
export interface Tls {
  ca?: string
  cert?: string
  key?: string
  verify: boolean
  serverName?: string
}

/** What a target can have or lack. Platforms add their own by declaration merging. */
export interface Capabilities {
  kubernetes: true
  processes: true
  'host-ports': true
  kubeconfig: true
  backups: true
  'inside-nodes': true
}

/**
 * Something that a target has or lacks. What needs a missing one is not applicable, for the reason
 * that the target states.
 */
export type Capability = keyof Capabilities

export type TargetKind = 'lab' | 'container' | 'live'

/** Everything outside holdfast. The program uses nothing else. */
export interface Runtime {
  readonly target: { readonly kind: TargetKind; readonly description: string }
  /** The capabilities that this target lacks, with the reasons. */
  readonly lacks: Partial<Record<Capability, string>>
  readonly clock: Clock
  readonly random: Random
  readonly shell: Shell
  readonly net: Net
  readonly files: Files
  /** The home folder of the user who owns the tools, absolute. */
  readonly home: string
  /** A pool of connections to an API server. The same TLS material gives the same pool. */
  dispatcher(tls: Tls): Dispatcher
}
